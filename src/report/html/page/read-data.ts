import type { ReportData } from '../report-data.ts';

/** The report's data out of its script block: gzip, in base64, in JSON. */
export async function readData<Data = ReportData>(): Promise<Data> {
  const encoded: string = JSON.parse(document.getElementById('report-data')?.textContent ?? '""');
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(unpacked).text(), reviveInfinity);
}

function reviveInfinity(key: string, value: unknown): unknown {
  return value === 'Infinity' && key.endsWith('Us') ? Number.POSITIVE_INFINITY : value;
}
