import type { ClientIdentity } from '../chat-protocol.ts';

/** Headers of a request to this address, with what the client has of cookies for it behind those that the description sets. */
export function withCookies(
  headers: Readonly<Record<string, string>>,
  { session }: ClientIdentity,
  url: string,
): Readonly<Record<string, string>> {
  const cookies = session?.cookieFor(url) ?? null;
  if (cookies === null) return headers;
  const name = Object.keys(headers).find((other) => other.toLowerCase() === 'cookie');
  return name === undefined ? { ...headers, Cookie: cookies } : { ...headers, [name]: `${headers[name]}; ${cookies}` };
}
