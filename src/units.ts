/**
 * Human units: text from files and flags to the internal units (integer µs, bytes, per second, ratio), and back.
 * Parsers never throw and never guess: a bare number is a duration only when it is 0.
 */

/** What a parser yields: the value, or what was expected and the whole one-line reason with what was found instead. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly expected: string; readonly reason: string };

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
  ['KiB', 1024],
  ['MiB', 1_048_576],
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

/** "0", "36000" → a whole number, 0 included. */
export function parseCount(text: string): Parsed<number> {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return accept(value, Number.isSafeInteger, 'a whole number such as 50', text);
}

/** The failure of a parser: what was expected, and what stood there. */
export function rejectText(expected: string, text: string): Parsed<never> {
  return { ok: false, expected, reason: `expected ${expected}, got ${JSON.stringify(text)}` };
}

/** Narrows a parser: what it reads but `isAllowed` refuses is answered with `expected`. */
export function restrict<T>(parse: Parser<T>, isAllowed: (value: T) => boolean, expected: string): Parser<T> {
  return (text) => {
    const parsed = parse(text);
    return !parsed.ok || isAllowed(parsed.value) ? parsed : rejectText(expected, text);
  };
}

/** µs → "850 µs", "7.94 ms", "1.20 s", "12.0 min"; three significant digits. Infinity is "∞". */
export function formatDurationUs(us: number): string {
  if (!Number.isFinite(us)) return infinite(us);
  const size = Math.abs(us);
  if (size < 999.5) return `${Number.isInteger(us) ? us : threeDigits(us)} µs`;
  if (size < 999_500) return `${threeDigits(us / 1e3)} ms`;
  if (size < 599.5e6) return `${threeDigits(us / 1e6)} s`;
  if (size < 599.5 * 60e6) return `${threeDigits(us / 60e6)} min`;
  return `${threeDigits(us / 3600e6)} h`;
}

/** Per second → "1,200/s", "0.5/s"; whole from 100 on. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return infinite(perSecond);
  return `${formatNumber(perSecond, perSecond >= 100 ? 0 : 2)}/s`;
}

/** Bytes → "100 B", "1.5 KiB", "64 KiB", "12.3 MiB". */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return infinite(bytes);
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${formatNumber(bytes / 1024 ** power, 1)} ${units[power]}`;
}

/** Ratio → "99.9%", "100%". Rounded towards zero, so that 99.9996 % never reads 100 %. */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return infinite(ratio);
  const percent = Number(`${ratio}e2`);
  return `${formatNumber(Math.trunc((Number.isNaN(percent) ? ratio * 100 : percent) * 1000) / 1000, 3)}%`;
}

/** 36000 → "36,000". */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? formatNumber(count, 0) : infinite(count);
}

function splitNumber(text: string): readonly [digits: string, unit: string] {
  const match = NUMBER.exec(text.trim());
  return [match?.[1] ?? 'NaN', match?.[2] ?? ''];
}

function accept(value: number, isAllowed: (value: number) => boolean, expected: string, text: string): Parsed<number> {
  return isAllowed(value) ? { ok: true, value } : rejectText(expected, text);
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

function formatNumber(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: decimals });
}

function infinite(value: number): string {
  return Number.isNaN(value) ? 'no data' : value < 0 ? '−∞' : '∞';
}
