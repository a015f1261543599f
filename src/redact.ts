/**
 * Keeps secrets out of all that is printed or written. What is a secret is told by where it stands (userinfo of a URL,
 * a query parameter, header or JSON member with a telling name) and, wherever it turns up, by its value once that was given
 * to `rememberSecret`.
 */
export const HIDDEN = '***';

/** Shorter values would be found in every other word. Where they stand still gives them away. */
const SHORTEST_SECRET = 4;

/**
 * Values that no output may show. Of the process, not of a caller: a secret must not depend on who happens to print it, an
 * error thrown by a library included.
 */
const remembered = new Set<string>();
let rememberedPattern: RegExp | null = null;

/** From now on `redact` hides this value, also URL-encoded, in JSON, and in base64. */
export function rememberSecret(value: string): void {
  const base64 = Buffer.from(value).toString('base64');
  for (const form of [value, encodeURIComponent(value), encodeURI(value), JSON.stringify(value).slice(1, -1), base64]) {
    if (form.length >= SHORTEST_SECRET) remembered.add(form);
  }
  // The longest first: one secret may begin with another.
  const longestFirst = [...remembered].sort((a, b) => b.length - a.length);
  rememberedPattern = remembered.size === 0 ? null : new RegExp(longestFirst.map(escapePattern).join('|'), 'g');
}

/** Remembers what is secret in an address: its userinfo and the values of telling query parameters. */
export function rememberSecretsOf(url: string): void {
  if (!URL.canParse(url)) return;
  const { username, password, searchParams } = new URL(url);
  const secrets = [password, ...(password === '' ? [username] : [])].map(decode);
  for (const [name, value] of searchParams) if (isSecretName(name)) secrets.push(value);
  for (const secret of secrets) if (secret !== '') rememberSecret(secret);
}

/** The text with `***` for every secret. What is no secret stays as it is. */
export function redact(text: string): string {
  return hideRemembered(text)
    .replace(USERINFO, `$1${HIDDEN}@`)
    .replace(PARAMETER, (all, before: string, name: string) =>
      isSecretName(decode(name)) ? `${before}${name}=${HIDDEN}` : all,
    )
    .replace(JSON_MEMBER, (all, quote: string, name: string, colon: string) =>
      isSecretName(name) ? `${quote}${name}${quote}${colon}${quote}${HIDDEN}${quote}` : all,
    )
    .replace(HEADER_LINE, (all, name: string, colon: string) => (isSecretName(name) ? name + colon + HIDDEN : all))
    .replace(CREDENTIALS, `$1 ${HIDDEN}`)
    .replace(JSON_WEB_TOKEN, HIDDEN);
}

/** The text with `***` for every remembered value, and else as it is: for documents that hold more than foreign text. */
export function hideRemembered(text: string): string {
  return rememberedPattern === null ? text : text.replace(rememberedPattern, HIDDEN);
}

/** The value of a header or parameter of this name, as it may be shown. Names of environment variables are no secret. */
export function redactValue(name: string, value: string): string {
  if (!isSecretName(name)) return redact(value);
  const rest = value.replace(/^(Bearer|Basic|Token)\s+/i, '').replace(/\$\{env:\w+\}|\{\w+\}/g, '');
  return rest.trim() === '' ? value : HIDDEN;
}

/** A copy of plain data with every string redacted, names of properties included; counts that then share a name are added. */
export function redactDeep<T>(value: T): T {
  return redactAny(value) as T;
}

/** A name that tells that its value is a secret, such as "access_token" or "X-Api-Key". "author" does not. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => SECRET_WORDS.has(word)) || SECRET_PARTS.test(words.join(''));
}

const SECRET_WORDS: ReadonlySet<string> = new Set(
  'key keys auth pass pwd sid sig signature jwt cookie cookies bearer pin otp'.split(' '),
);
const SECRET_PARTS = /token|passw|passcode|passphrase|secret|session|apikey|accesskey|credential|authoriz|authentic/;

const USERINFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi;
// Not after any character: the padding of base64 is no parameter.
const PARAMETER = /(^|[?&;#\s,"'(])([\w.[\]%-]{1,64})=[^=&\s#"][^&\s#"]*/g;
const JSON_MEMBER = /(\\*")([\w.$-]{1,64})\1(\s*:\s*)\1(?:(?!\1)(?:\\.|[\s\S]))*\1/g;
const HEADER_LINE = /^([\w-]{1,64})(:[ \t]*)\S[^\r\n]*/gm;
const CREDENTIALS = /\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

function redactAny(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactAny);
  if (value === null || typeof value !== 'object') return value;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const name = redact(key);
    const before = copy[name];
    copy[name] = typeof before === 'number' && typeof member === 'number' ? before + member : redactAny(member);
  }
  return copy;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
