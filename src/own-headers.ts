/**
 * Whether a header is of the connection itself, so that no description may set it: hop by hop (RFC 9110, section 7.6.1), of the
 * framing of a body, or of the WebSocket handshake.
 */
export function isOwnHeader(name: string): boolean {
  return /^sec-websocket-/i.test(name) || HOP_BY_HOP.has(name.toLowerCase());
}

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
