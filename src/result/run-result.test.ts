import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { smallResult } from '../testing/small-result.ts';
import { runResult } from './run-result.ts';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly default?: unknown;
}

/** Removes every key that has a default, at any depth; yields how many there were. */
function removeDefaulted(value: unknown, { properties = {}, items }: Node): number {
  if (Array.isArray(value)) return items ? value.reduce((sum, one) => sum + removeDefaulted(one, items), 0) : 0;
  const record = value as Record<string, unknown>;
  let removed = 0;
  for (const [key, node] of Object.entries(properties)) {
    if (!(key in (record ?? {}))) continue;
    if ('default' in node) {
      delete record[key];
      removed++;
    } else removed += removeDefaulted(record[key], node);
  }
  return removed;
}

it('reads results of versions that wrote none of the keys that have come since', () => {
  const old = structuredClone(smallResult());
  expect(removeDefaulted(old, z.toJSONSchema(runResult) as Node)).toBeGreaterThan(30);
  const read = runResult.parse(old);
  expect(read.samples.ledger).toEqual({
    ...smallResult().samples.ledger,
    acksExpected: 0,
    limited: 0,
    recovered: 0,
    held: 0,
  });
  expect(read.samples.connections).toMatchObject({ reached: null, reconnected: 0, openedPer100Ms: [] });
  expect(read.samples).toMatchObject({ refusals: [], limiter: null, posts: null, histograms: { reconnect: '' } });
  expect(read.scenario).toMatchObject({ spread: 'round-robin', reconnect: null, aborts: [] });
  expect(read.scenario.target).toMatchObject({ queueType: 'classic', rateLimit: null, hops: true, defect: null });
  expect(read).toMatchObject({
    aborted: null,
    schedule: null,
    processes: null,
    host: { stealRatio: null, series: null },
  });
});

it('is what it was when it has been written and read', () => {
  const result = smallResult();
  expect(runResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  const example = JSON.parse(readFileSync(new URL('../../reports/example/result.json', import.meta.url), 'utf8'));
  expect(runResult.parse(runResult.parse(example))).toEqual(runResult.parse(example));
});
