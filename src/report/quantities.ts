/** Human units of every report. Pure: also bundled into the HTML page. */

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** "36,000". */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** "7.93": milliseconds at about three significant digits, without the unit. "∞" for what never arrived, "–" for no data. */
export function formatMs(us: number | null): string {
  if (us === null || Number.isNaN(us)) return '–';
  if (us === Number.POSITIVE_INFINITY) return '∞';
  const ms = us / 1000;
  if (ms >= 100) return COUNT.format(ms);
  return ms.toFixed(ms < 0.1 && ms > 0 ? 3 : ms < 10 ? 2 : 1);
}

/** "7.93 ms". "∞" for what never arrived, "no data" for null. */
export function formatLatency(us: number | null): string {
  if (us === null || Number.isNaN(us)) return 'no data';
  return us === Number.POSITIVE_INFINITY ? '∞' : `${formatMs(us)} ms`;
}

/** "850 ms", "12.4 s", "2 min 5 s". */
export function formatDuration(us: number): string {
  if (us < 999_500) return us > 0 && us < 1000 ? '< 1 ms' : `${COUNT.format(us / 1000)} ms`;
  const seconds = us / 1_000_000;
  if (seconds < 59.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const rest = whole % 60;
  return rest === 0 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 60)} min ${rest} s`;
}

/** "1,200/s"; one decimal below ten. "no data" for null. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return 'no data';
  return perSecond < 10 ? `${Number(perSecond.toFixed(1))}/s` : `${COUNT.format(perSecond)}/s`;
}

/** "99.97 %". Rounds down, so that only a full 1 reads as 100 %. "no data" for null. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return 'no data';
  return `${Math.floor(ratio * 10_000 + 1e-6) / 100} %`;
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
  return `${value < 100 && unit > 0 ? Number(value.toFixed(1)) : Math.round(value)} ${units[unit]}`;
}

/** "1 gateway", "2 gateways". */
export function formatPlural(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
