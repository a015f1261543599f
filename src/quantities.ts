/**
 * Internal units (integer µs, bytes, per second, ratio) to text for people, in every message and report; `units.ts` reads the
 * other way. Pure: also bundled into the HTML page. What never arrived is "∞"; null and NaN are "no data".
 */

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** "36,000". */
export function formatCount(count: number): string {
  return tellOdd(count) ?? COUNT.format(count);
}

/** "36,000", "0.53": whole from 100 on, three significant digits at most below. */
export function formatNumber(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return tellOdd(value) ?? '';
  return Math.abs(value) < 99.95 ? threeDigits(value) : COUNT.format(value);
}

/** "1 gateway", "2 gateways". */
export function formatPlural(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** "2 cores"; of a machine that has more, or where a quota leaves less of them: "2 of 8 cores, quota 1.5". */
export function formatCores({
  cores,
  machineCores = cores,
  quotaCores,
}: {
  readonly cores: number;
  readonly machineCores?: number | undefined;
  readonly quotaCores?: number | null | undefined;
}): string {
  const few = machineCores === cores ? '' : ` of ${machineCores}`;
  const quota = quotaCores == null ? '' : `, quota ${formatNumber(quotaCores)}`;
  return `${cores}${few} ${(few === '' ? cores : machineCores) === 1 ? 'core' : 'cores'}${quota}`;
}

/** For columns: milliseconds without the unit, "7.90" with about three significant digits. "–" for no data. */
export function formatMs(us: number | null): string {
  if (us === null || Number.isNaN(us)) return '–';
  if (us === Number.POSITIVE_INFINITY) return '∞';
  const ms = us / 1000;
  if (ms >= 100) return COUNT.format(ms);
  return ms.toFixed(ms < 0.1 && ms > 0 ? 3 : ms < 10 ? 2 : 1);
}

/** As `formatMs`, with the unit: "7.90 ms". */
export function formatLatency(us: number | null): string {
  return tellOdd(us) ?? `${formatMs(us)} ms`;
}

/** In a sentence, without digits that say nothing: "0.64 ms", "7.9 ms", "20 ms", "1,221 ms". A latency is in ms however long it is. */
export function tellLatency(us: number | null): string {
  return tellOdd(us) ?? `${formatNumber((us ?? 0) / 1000)} ms`;
}

/**
 * How long something lasts, in the unit that fits, three significant digits at most: "0.85 ms", "7.9 ms", "12.4 s", "2 min 5 s",
 * "1 h 30 min".
 */
export function formatDuration(us: number | null): string {
  if (us === null || !Number.isFinite(us)) return tellOdd(us) ?? '';
  if (us === 0) return '0 s';
  if (us < 999_500) return `${threeDigits(us / 1e3)} ms`;
  if (us < 59.95e6) return `${threeDigits(us / 1e6)} s`;
  if (us < 3599.5e6) return withRest(Math.round(us / 1e6), 'min', 's');
  return withRest(Math.round(us / 60e6), 'h', 'min');
}

/** "1,200/s", "33.3/s", "0.25/s": whole from 100 on. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null || !Number.isFinite(perSecond)) return tellOdd(perSecond) ?? '';
  return `${perSecond < 99.95 ? threeDigits(perSecond) : COUNT.format(perSecond)}/s`;
}

/** "87.5 %", "99.997 %": two decimals at most, three from 99 % on, cut off, so that 99.9996 % never reads 100 %. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return tellOdd(ratio) ?? '';
  // A shift, since 0.29 · 100 is below 29; tiny ratios are written with an exponent of their own.
  const shifted = Number(`${ratio}e2`);
  const percent = Number.isNaN(shifted) ? ratio * 100 : shifted;
  const steps = percent >= 99 ? 1_000 : 100;
  return `${Math.trunc(percent * steps) / steps} %`;
}

/** "37 %", "8.1 %": rounded, one decimal below ten. For shares of a core or of time, of which only the size matters. */
export function formatShare(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return tellOdd(ratio) ?? '';
  const percent = ratio * 100;
  return `${Number(percent.toFixed(percent < 9.95 ? 1 : 0))} %`;
}

/** "0.89", "53": how many times one value is another. */
export function formatFactor(factor: number): string {
  return tellOdd(factor) ?? factor.toFixed(factor < 10 ? 2 : 0);
}

/** ISO 8601 in UTC → "2026-11-22 13:05". */
export function formatMinute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** "104.9 MB", decimal prefixes. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return tellOdd(bytes) ?? `${value < 100 && unit > 0 ? Number(value.toFixed(1)) : Math.round(value)} ${units[unit]}`;
}

/** "+440 MB", "−1.2 ms", "0 ms": by how much something became more or less, in the unit of what it is. */
export function formatChange(unit: 'us' | 'number' | 'perSecond' | 'bytes' | 'cores', change: number): string {
  const write = {
    us: formatLatency,
    number: formatNumber,
    perSecond: formatRate,
    bytes: (bytes: number) => formatBytes(Math.round(bytes)),
    cores: formatShare,
  }[unit];
  const text = write(Math.abs(change));
  return change === 0 || !/[1-9∞]/.test(text) ? text : `${change < 0 ? '−' : '+'}${text}`;
}

/** "17 h", "12 days": how long until something, of which only the size matters. */
export function formatHours(hours: number): string {
  if (hours <= 48 || !Number.isFinite(hours)) return formatDuration(hours * 3.6e9);
  return formatPlural(Math.round(hours / 24), 'day');
}

/** Words for what is no number that could be written; null for all others. */
function tellOdd(value: number | null): string | null {
  if (value === null || Number.isNaN(value)) return 'no data';
  if (Number.isFinite(value)) return null;
  return value < 0 ? '−∞' : '∞';
}

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function withRest(count: number, unit: string, smaller: string): string {
  const rest = count % 60;
  return `${COUNT.format(Math.floor(count / 60))} ${unit}${rest === 0 ? '' : ` ${rest} ${smaller}`}`;
}
