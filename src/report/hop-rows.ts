import { type LatencySummary, summarizeHistogram } from '../record/histogram-summary.ts';
import type { RunResult } from '../result/run-result.ts';

export interface HopRow {
  readonly name: string;
  /** What takes this time. */
  readonly meaning: string;
  /** Of the way's mean, 0–1. Means add up to the mean of the whole way, as percentiles do not. */
  readonly share: number;
  /** Shares of the hops before it, added up. */
  readonly offset: number;
  readonly values: LatencySummary;
}

export interface HopWay {
  readonly way: 'delivery' | 'ack';
  readonly rows: readonly HopRow[];
  /** The hop with the largest share. */
  readonly bottleneck: HopRow;
  readonly meanUs: number;
}

/** The hops of each way, in the order in which a message passes; empty where the frames of the run had no stamps. */
export function hopWays(result: RunResult): readonly HopWay[] {
  return (['delivery', 'ack'] as const).flatMap((way) => {
    const hops = result.samples.hops.flatMap(({ name, way: its, histogram }) => {
      const values = its === way ? summarizeHistogram(histogram) : null;
      return values === null ? [] : [{ name, values }];
    });
    const meanUs = hops.reduce((sum, { values }) => sum + values.meanUs, 0);
    let offset = 0;
    const rows = hops.map(({ name, values }): HopRow => {
      const share = meanUs === 0 ? 0 : values.meanUs / meanUs;
      offset += share;
      return { name, meaning: MEANINGS[name] ?? name, share, offset: offset - share, values };
    });
    const bottleneck = rows.reduce<HopRow | null>((most, row) => (most && most.share >= row.share ? most : row), null);
    return bottleneck === null ? [] : [{ way, rows, bottleneck, meanUs }];
  });
}

/** Of the reference cluster's hops; another protocol's are shown under their names alone. */
const MEANINGS: Readonly<Record<string, string>> = {
  generator: 'due → sent: the generator itself',
  'to gateway': 'sent → the gateway has read it',
  gateway: 'read → handed to the queue: gathers with others',
  queue: 'handed over → at the worker: broker, and waiting in the queue',
  worker: 'at the worker → its batch begins',
  commit: 'batch begins → stored',
  publish: 'stored → written by the gateway of the recipient',
  'to recipient': 'written → the recipient has it',
  confirm: 'handed to the queue → the broker has confirmed',
  gather: 'read → handed to the channels: waits for the messages before it',
  channel: 'handed over → numbered, published, and written by the gateway of the recipient',
  number: 'handed over → the gateway knows its number',
  store: 'numbered → committed, with others',
  'to sender': 'confirmed, or committed → the sender has the acknowledgement',
};
