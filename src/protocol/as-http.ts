/** The same address for a request by HTTP, which a WebSocket's handshake is, too. */
export function asHttp(url: string): string {
  return url.replace(/^ws/i, 'http');
}
