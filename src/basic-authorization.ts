/** `Basic …` for a header that tells who comes (RFC 7617); null where the address names no user. */
export function basicAuthorization({ username, password }: URL): string | null {
  if (username === '') return null;
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(user).toString('base64')}`;
}
