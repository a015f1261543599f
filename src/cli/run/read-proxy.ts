import { ChatbenchError } from '../../errors.ts';
import { LOOPBACK_ENTRIES, type ProxyRules } from '../../proxy-rules.ts';
import { redact, rememberSecretsOf } from '../../redact.ts';

/** The flag that says through whom connections go. */
export interface ProxyOptions {
  /** An address, or `off`. */
  readonly proxy?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * `--proxy` for all connections, else `https_proxy` for wss:// and https:// and `http_proxy` for ws:// and http://, in capitals or not. What
 * `NO_PROXY` names is connected to directly, and so is this machine, unless it was the flag that said so. Undefined where nothing does.
 *
 * @throws ChatbenchError `usage` where one of them is no address of a proxy
 */
export function readProxy({ proxy }: ProxyOptions, variables: Variables): ProxyRules | undefined {
  if (proxy === 'off') return undefined;
  const variableOf = (name: string) => variables[name] || variables[name.toUpperCase()] || undefined;
  const direct = (variableOf('no_proxy') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  if (proxy !== undefined) {
    const url = readAddress('--proxy', proxy);
    return { plain: url, secure: url, direct };
  }
  const [plain, secure] = ['http_proxy', 'https_proxy'].map((name) => {
    const value = variableOf(name);
    return value === undefined ? null : readAddress(`${name}=`, value);
  });
  if (plain == null && secure == null) return undefined;
  return { plain: plain ?? null, secure: secure ?? null, direct: [...direct, ...LOOPBACK_ENTRIES] };
}

/** An address without a scheme is one of HTTP, as everywhere. */
function readAddress(name: string, text: string): string {
  const written = text.includes('://') ? text : `http://${text}`;
  rememberSecretsOf(written);
  const url = URL.parse(written);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href;
  const shown = `${name}${name.endsWith('=') ? '' : ' '}${redact(text)}`;
  throw new ChatbenchError('usage', `${shown}: expected the address of a proxy`, {
    hint: 'such as http://127.0.0.1:3128 or http://USER:PASSWORD@proxy.example:3128; --proxy off goes without',
  });
}
