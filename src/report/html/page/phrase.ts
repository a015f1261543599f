/** Keeps a figure and its unit on one line. */
export function keepUnits(text: string): string {
  return text.replaceAll(/(\d) (µs|ms|s|min|h|%|B|kB|MB|GB)(?!\w)/g, '$1\u00a0$2');
}

/** "22 November 2026, 13:05 UTC". */
export function formatWhen(iso: string): string {
  const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${when.format(new Date(iso)).replace(' at ', ', ')} UTC`;
}
