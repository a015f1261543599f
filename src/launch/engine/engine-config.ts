/** What a nats-server of chatbench is told. */
export interface EngineConfig {
  /** Unique: whoever asks tells by it that this is the one. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Null: whoever comes is believed. */
  readonly security: {
    /** Paths of PEM files. */
    readonly certificateFile: string;
    readonly keyFile: string;
    readonly users: readonly EngineUser[];
  } | null;
}

export interface EngineUser {
  /** Ed25519 public key. */
  readonly nkey: string;
  /** Null: it may do everything. */
  readonly rights: { readonly publish: readonly string[]; readonly subscribe: readonly string[] } | null;
}

/** A report of many wide histograms is half a megabyte. */
const LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024;

/** JSON is a part of what its configuration may be written in. */
export function renderEngineConfig({ name, host, port, security }: EngineConfig): string {
  const config = {
    server_name: name,
    listen: `${bracketHost(host)}:${port}`,
    max_payload: LARGEST_MESSAGE_BYTES,
    ...(security === null
      ? {}
      : {
          tls: { cert_file: security.certificateFile, key_file: security.keyFile, timeout: 5 },
          authorization: {
            users: security.users.map(({ nkey, rights }) => ({
              nkey,
              ...(rights === null ? {} : { permissions: rights }),
            })),
          },
        }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** A host as it stands before a port. */
export function bracketHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
