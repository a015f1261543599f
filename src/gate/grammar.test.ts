import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDurationUs, parseRatePerSecond } from '../units.ts';
import { describeGrammar } from './grammar.ts';
import { METRICS } from './metrics.ts';
import { STATISTICS } from './statistic.ts';
import { checkThreshold, OPERATORS } from './threshold.ts';

const page = readFileSync(new URL('../../docs/thresholds.md', import.meta.url), 'utf8');
const rules = new Map(
  describeGrammar()
    .split(/\n(?=\w)/)
    .map((rule) => rule.split(/\s+::=\s+/, 2) as [string, string]),
);

/** The words in quotes that a rule names. */
function terminalsOf(rule: string): readonly string[] {
  return [...(rules.get(rule) ?? '').matchAll(/"([^"]+)"/g)].map(([, word]) => word!);
}

describe('the grammar of thresholds', () => {
  it('names every metric, every statistic and every operator once', () => {
    const named = [...terminalsOf('time'), ...terminalsOf('figure')];
    expect([...named].sort()).toEqual(METRICS.map(({ name }) => name).sort());
    expect(terminalsOf('statistic')).toEqual([...STATISTICS]);
    expect(terminalsOf('operator')).toEqual(OPERATORS);
  });

  it('derives nothing that is refused', () => {
    for (const time of terminalsOf('time')) {
      for (const statistic of terminalsOf('statistic')) {
        expect(checkThreshold(`${time}.${statistic} < 1ms`), `${time}.${statistic}`).toBeNull();
      }
    }
    for (const operator of terminalsOf('operator')) expect(checkThreshold(`lost ${operator} 1`)).toBeNull();
    for (const phase of terminalsOf('phase')) expect(checkThreshold(`skipped == 0 during ${phase}`)).toBeNull();
    for (const unit of terminalsOf('duration').filter((word) => word !== '0')) {
      expect(parseDurationUs(`1${unit}`).ok, unit).toBe(true);
    }
    for (const unit of terminalsOf('rate')) expect(parseRatePerSecond(`1${unit}`).ok, unit).toBe(true);
    expect(parseDurationUs('0').ok).toBe(true);
  });

  it('keeps to lines that fit a page', () => {
    for (const line of describeGrammar().split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});

it('the page says by which metrics a run can be ended', () => {
  const named = /metrics that are known second by second: (.*)\.$/m.exec(page)?.[1]?.split(', ');
  const told = METRICS.filter(({ resolution }) => resolution === 'second').map(({ name }) => `\`${name}\``);
  expect(named).toEqual(told);
});
