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
/** All forms in which they may turn up. */
const rememberedForms = new Set<string>();
let rememberedPattern: RegExp | null = null;

/** From now on `redact` hides this value, also URL-encoded, in JSON, and in base64. */
export function rememberSecret(value: string): void {
  remembered.add(value);
  const json = JSON.stringify(value).slice(1, -1);
  // Some encoders of JSON escape slashes.
  const inJson = [json, json.replaceAll('/', '\\/')];
  const base64 = Buffer.from(value).toString('base64');
  for (const form of [value, encodeURIComponent(value), encodeURI(value), ...inJson, base64]) {
    if (form.length >= SHORTEST_SECRET) rememberedForms.add(form);
  }
  // The longest first: one secret may begin with another.
  const longestFirst = [...rememberedForms].sort((a, b) => b.length - a.length);
  rememberedPattern = rememberedForms.size === 0 ? null : new RegExp(longestFirst.map(escapePattern).join('|'), 'g');
}

/**
 * Secrets of users, of which there may be hundreds of thousands, with all forms in which they may turn up; and by the first four
 * characters of a form, which lengths those that begin so have, the longest first. A pattern of all of them would be built anew for
 * every one, and tried in turn at every place.
 */
const userForms = new Set<string>();
const lengthsByStart = new Map<string, number[]>();

/**
 * From now on `redact` hides this value of one user, such as a password of a file or a token that was captured, also URL-encoded, in
 * JSON, and in base64. A short one is hidden where it is a word by itself: by chance, one of so many stands in every text
 * that is base64.
 */
export function rememberUserSecret(value: string): void {
  if (value.length < SHORTEST_SECRET || userForms.has(value)) return;
  const base64 = Buffer.from(value).toString('base64');
  const isPlain = /^[\w.~-]+$/.test(value);
  const forms = isPlain
    ? [value, base64]
    : [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), base64];
  for (const form of forms) {
    if (userForms.has(form)) continue;
    userForms.add(form);
    const start = form.slice(0, SHORTEST_SECRET);
    const lengths = lengthsByStart.get(start);
    if (lengths === undefined) lengthsByStart.set(start, [form.length]);
    else if (!lengths.includes(form.length)) lengths.splice(findPlace(lengths, form.length), 0, form.length);
  }
}

function findPlace(descending: readonly number[], length: number): number {
  const at = descending.findIndex((other) => other < length);
  return at < 0 ? descending.length : at;
}

/** Where something stands in a text: its first character, and the one behind its last. */
type Place = readonly [start: number, end: number];

/**
 * What is secret by its value, hidden. Secrets that overlap are hidden as one: what is left of the longer would still tell a part of it.
 *
 * @param withNumbers also what is digits alone; not in JSON, whose numbers they may be
 */
function hideValues(text: string, withNumbers: boolean): string {
  const places = [...findRemembered(text), ...findUserSecrets(text, withNumbers)].sort(([one], [other]) => one - other);
  let shown = '';
  let shownTo = 0;
  for (const [start, end] of places) {
    if (start >= shownTo) shown += text.slice(shownTo, start) + HIDDEN;
    shownTo = Math.max(shownTo, end);
  }
  return shown + text.slice(shownTo);
}

function findRemembered(text: string): readonly Place[] {
  if (rememberedPattern === null) return [];
  return Array.from(text.matchAll(rememberedPattern), ({ 0: found, index }) => [index, index + found.length]);
}

function findUserSecrets(text: string, withNumbers: boolean): readonly Place[] {
  const places: Place[] = [];
  if (userForms.size === 0) return places;
  for (let i = 0; i + SHORTEST_SECRET <= text.length; i++) {
    const lengths = lengthsByStart.get(text.slice(i, i + SHORTEST_SECRET));
    const length = lengths?.find((candidate) => isUserSecret(text, i, i + candidate, withNumbers));
    if (length !== undefined) places.push([i, i + length]);
  }
  return places;
}

function isUserSecret(text: string, start: number, end: number, withNumbers: boolean): boolean {
  const form = text.slice(start, end);
  if (!userForms.has(form) || (!withNumbers && /^\d+$/.test(form))) return false;
  if (form.length >= UNMISTAKABLE || /[^A-Za-z0-9+/=]/.test(form)) return true;
  const within = form.length >= LIKELY ? /[A-Za-z0-9]/ : /[A-Za-z0-9+/]/;
  return !within.test(text[start - 1] ?? ' ') && !within.test(text[end] ?? ' ');
}

/** So many characters of a secret are found by chance in no text. */
const UNMISTAKABLE = 8;
const LIKELY = 6;

/** Every value that was given to `rememberSecret`, for a process that is to know the same. */
export function listRemembered(): readonly string[] {
  return [...remembered];
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
  return hideMembers(hideValues(text, true))
    .replace(USERINFO, `$1${HIDDEN}@`)
    .replace(PARAMETER, (all, before: string, name: string) =>
      isSecretName(decode(name)) ? `${before}${name}=${HIDDEN}` : all,
    )
    .replace(HEADER_LINE, (all, name: string, colon: string) => (isSecretName(name) ? name + colon + HIDDEN : all))
    .replace(CREDENTIALS, `$1 ${HIDDEN}`)
    .replace(JSON_WEB_TOKEN, HIDDEN);
}

/** The text with `***` for every remembered value, and else as it is: for documents that hold more than foreign text. */
export function hideRemembered(text: string): string {
  return hideValues(text, false);
}

/**
 * The beginning of a foreign text, without secrets. It is cut last: half a secret is none that could be recognised. Of a text
 * that is too long to be read to its end, what may be half a secret at the end of what was read is left out.
 *
 * @param characters at most; far fewer than `EXCERPT_READS`
 */
export function excerpt(text: string | Buffer, characters: number): string {
  // A character of a string is three bytes at most.
  const all = typeof text === 'string' ? text : text.toString('utf8', 0, 3 * EXCERPT_READS);
  if (all.length < EXCERPT_READS) return redact(all).slice(0, characters);
  return redact(all.slice(0, EXCERPT_READS)).slice(0, -LONGEST_SECRET).slice(0, characters);
}

/** As much of a text as `excerpt` looks at, characters. */
export const EXCERPT_READS = 8_192;
const LONGEST_SECRET = 4_096;

/** The value of a header or parameter of this name, as it may be shown. Names of environment variables are no secret. */
export function redactValue(name: string, value: string): string {
  if (!isSecretName(name)) return redact(value);
  const rest = value
    .replace(/^(Bearer|Basic|Token)\s+/i, '')
    .replace(VARIABLE, '')
    .replace(/\{[\w.]+\}/g, '');
  return rest.trim() === '' ? value : HIDDEN;
}

/**
 * Those of a handshake's subprotocols that carry a token instead of naming a protocol; a browser can set no other header. Names
 * are of short words and numbers of versions ("graphql-transport-ws", "ocpp2.0.1", "chat.v1"). What stands behind a telling
 * name is secret whatever it looks like: "x" in "bearer.x", and in "access_token, x".
 */
export function listSecretSubprotocols(subprotocols: readonly string[]): readonly string[] {
  const named = subprotocols.map((text) =>
    text
      .replace(VARIABLE, '')
      .split(/[^a-z\d_]+/i)
      .filter((part) => part !== ''),
  );
  return subprotocols.filter((_, index) => {
    const parts = named[index]!;
    const teller = parts.findIndex(isSecretName);
    return (
      (parts.length > 0 && isSecretName(named[index - 1]?.at(-1) ?? '')) ||
      (teller !== -1 && parts.slice(teller + 1).some((part) => !isSecretName(part) && !/^v?\d+$/.test(part))) ||
      parts.some((part) => part.split('_').some((word) => !/^[a-z]{0,16}\d{0,3}$/i.test(word)))
    );
  });
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

/** The name of an environment variable is no secret. */
const VARIABLE = /\$\{env:\w+\}/g;
// Some encoders of JSON escape slashes.
const USERINFO = /(:(?:\\*\/){2})[^\s/?#"'<>]*@/g;
// Not after any character: the padding of base64 is no parameter.
const PARAMETER = /(^|[?&;#\s,"'(])([\w.[\]%-]{1,64})=[^=&\s#"][^&\s#"]*/g;
/** The name of a member, in JSON or in JSON that is a string of JSON, whose quotes have backslashes before them. */
const MEMBER_NAME = /(?<!\\)(\\*)"([\w.$-]{1,64})\1"\s*:\s*/g;
const NUMBER = /-?\d[\d.eE+-]*/y;
const HEADER_LINE = /^([\w-]{1,64})(:[ \t]*)\S[^\r\n]*/gm;
const CREDENTIALS = /\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** JSON members with telling names, whatever they hold: a text, a number, a list or a mapping. */
function hideMembers(text: string): string {
  let shown = '';
  let shownTo = 0;
  MEMBER_NAME.lastIndex = 0;
  for (let match = MEMBER_NAME.exec(text); match !== null; match = MEMBER_NAME.exec(text)) {
    const [, slashes = '', name = ''] = match;
    const start = MEMBER_NAME.lastIndex;
    if (!isSecretName(name)) continue;
    const end = endOfValue(text, start, slashes.length);
    if (end === start) continue;
    const quote = `${slashes}"`;
    shown += `${text.slice(shownTo, start)}${quote}${HIDDEN}${quote}`;
    shownTo = end;
    MEMBER_NAME.lastIndex = end;
  }
  return shown + text.slice(shownTo);
}

/**
 * Where the JSON value that begins here is over, the text's end where it was cut; its own start where it is neither a text, a
 * number, a list nor a mapping.
 *
 * @param slashes before each quote of its JSON
 */
function endOfValue(text: string, start: number, slashes: number): number {
  const first = text[start];
  if (first === '{' || first === '[') return endOfNested(text, start, slashes);
  if (text.startsWith(`${'\\'.repeat(slashes)}"`, start)) return endOfString(text, start + slashes + 1, slashes);
  NUMBER.lastIndex = start;
  return NUMBER.test(text) ? NUMBER.lastIndex : start;
}

/** @param start behind the opening quote */
function endOfString(text: string, start: number, slashes: number): number {
  for (let i = start; i < text.length; i++) {
    const run = i;
    while (text[i] === '\\') i++;
    if (text[i] !== '"') continue;
    // A backslash of the value is written as a whole number of these; an escaped quote has one of them half.
    const before = (i - run) % (2 * (slashes + 1));
    if (before === slashes) return i + 1;
    // The string ends that the whole JSON is in.
    if (i - run < slashes) return run;
  }
  return text.length;
}

function endOfNested(text: string, start: number, slashes: number): number {
  const quote = `${'\\'.repeat(slashes)}"`;
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const character = text[i]!;
    if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return i + 1;
    else if (text.startsWith(quote, i)) i = endOfString(text, i + quote.length, slashes) - 1;
    else if (character === '"') return i;
  }
  return text.length;
}

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
