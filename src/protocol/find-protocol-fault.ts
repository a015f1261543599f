/** What keeps a module's export from being a `ChatProtocol` at first sight, in a few words; null: nothing does. */
export function findProtocolFault(value: unknown): string | null {
  if (value === null || typeof value !== 'object') return 'expected an export named "protocol"';
  const candidate = value as Record<string, unknown>;
  for (const [key, type] of Object.entries(MEMBERS)) {
    if (typeof candidate[key] !== type) return `expected protocol.${key} to be a ${type}`;
  }
  return null;
}

const MEMBERS = {
  name: 'string',
  senderReceives: 'boolean',
  acknowledges: 'boolean',
  open: 'function',
  encodeSend: 'function',
  classify: 'function',
} as const;
