/** Headers `Set-Cookie` of an answer, each by itself; Node tells one alone as a text. */
export function listSetCookies(header: string | readonly string[] | undefined): readonly string[] {
  return typeof header === 'string' ? [header] : (header ?? []);
}
