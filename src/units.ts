/**
 * Human units: text from files and flags to the internal units (integer µs, bytes, per second, ratio); `quantities.ts` writes them.
 * Parsers never throw and never guess: a bare number is a duration only when it is 0.
 */

/** What a parser yields: the value, or what was expected and the whole one-line reason with what was found instead. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly expected: string;
      readonly reason: string;
      /** What was meant, such as `, did you mean "local"?`, which `reason` ends with; absent where nothing is close. */
      readonly suggestion?: string;
    };

export type Parser<T> = (text: string) => Parsed<T>;

const NUMBER = /^(\d+(?:\.\d+)?|\.\d+)\s*(.*)$/;

// Exact decimal shifts where there is one: 1.005 s must be 1,005,000 µs, not 1,004,999.
const DURATION_SHIFT: ReadonlyMap<string, number> = new Map([
  ['us', 0],
  ['µs', 0],
  ['μs', 0],
  ['ms', 3],
  ['s', 6],
]);
const SECONDS_PER: ReadonlyMap<string, number> = new Map([
  ['m', 60],
  ['min', 60],
  ['h', 3600],
]);
const BYTES_PER: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KB', 1000],
  ['kB', 1000],
  ['MB', 1_000_000],
  ['GB', 1_000_000_000],
  ['KiB', 1024],
  ['MiB', 1_048_576],
  ['GiB', 1_073_741_824],
]);
const RATE_PERIOD_SECONDS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['/s', 1],
  ['/m', 60],
  ['/min', 60],
  ['/h', 3600],
]);

/** "250us", "5ms", "1.5s", "2m", "1h" → integer µs, rounded. A bare "0" is 0. */
export function parseDurationUs(text: string): Parsed<number> {
  const [digits, unit] = splitNumber(text);
  const shift = DURATION_SHIFT.get(unit);
  const seconds = SECONDS_PER.get(unit);
  let us = Number.NaN;
  if (shift !== undefined) us = Number(`${digits}e${shift}`);
  else if (seconds !== undefined) us = Number(`${digits}e6`) * seconds;
  else if (unit === '' && Number(digits) === 0) us = 0;
  return accept(Math.round(us), Number.isSafeInteger, 'a duration such as 30s or 2m', text);
}

/** "1200", "1200/s", "60/m", "3600/h" → events per second, 0 included. */
export function parseRatePerSecond(text: string): Parsed<number> {
  const [digits, unit] = splitNumber(text);
  const value = Number(digits) / (RATE_PERIOD_SECONDS.get(unit.replace(/\s/g, '')) ?? Number.NaN);
  return accept(value, Number.isFinite, 'a rate such as 1200 or 1200/s', text);
}

/** "100", "100B", "64KB" (1,000), "1KiB" (1,024) → whole bytes. */
export function parseBytes(text: string): Parsed<number> {
  const [digits, unit] = splitNumber(text);
  const value = Number(digits) * (BYTES_PER.get(unit) ?? Number.NaN);
  return accept(value, Number.isSafeInteger, 'a size in bytes such as 100 or 4KiB', text);
}

/** "99.9%" → 0.999, the double that 999/1000 yields. At most 100 %. */
export function parseRatio(text: string): Parsed<number> {
  const [digits, unit] = splitNumber(text);
  // A shift, not a division: 99.9 / 100 is not the double nearest to 0.999, and `>= 99.9%` would fail at exactly 99.9 %.
  const value = unit === '%' ? Number(`${digits}e-2`) : Number.NaN;
  return accept(value, (ratio) => ratio <= 1, 'a percentage such as 99.9%', text);
}

/** "90%" → 0.9, "150%" → 1.5: of a core, of which a machine has several. */
export function parseShare(text: string): Parsed<number> {
  const [digits, unit] = splitNumber(text);
  return accept(unit === '%' ? Number(`${digits}e-2`) : Number.NaN, Number.isFinite, 'a percentage such as 90%', text);
}

/** "1000", "0.5", "-3" → any number. */
export function parseNumber(text: string): Parsed<number> {
  const [, sign, rest = ''] = /^\s*(-?)(.*)$/.exec(text) ?? [];
  const [digits, unit] = splitNumber(rest);
  const value = unit === '' ? Number(`${sign}${digits}`) : Number.NaN;
  return accept(value, Number.isFinite, 'a number such as 1000, 90%, 500MB or 120/s', text);
}

/** "0", "36000" → a whole number, 0 included. */
export function parseCount(text: string): Parsed<number> {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return accept(value, Number.isSafeInteger, 'a whole number such as 50', text);
}

/** The failure of a parser: what was expected, and what stood there. */
export function rejectText(expected: string, text: string, suggestion = ''): Parsed<never> {
  return { ok: false, expected, reason: `expected ${expected}, got ${JSON.stringify(text)}${suggestion}`, suggestion };
}

/** Narrows a parser: what it reads but `isAllowed` refuses is answered with `expected`. */
export function restrict<T>(parse: Parser<T>, isAllowed: (value: T) => boolean, expected: string): Parser<T> {
  return (text) => {
    const parsed = parse(text);
    return !parsed.ok || isAllowed(parsed.value) ? parsed : rejectText(expected, text);
  };
}

function splitNumber(text: string): readonly [digits: string, unit: string] {
  const match = NUMBER.exec(text.trim());
  return [match?.[1] ?? 'NaN', match?.[2] ?? ''];
}

function accept(value: number, isAllowed: (value: number) => boolean, expected: string, text: string): Parsed<number> {
  return isAllowed(value) ? { ok: true, value } : rejectText(expected, text);
}
