import { expect, it } from 'vitest';
import { checkAbort } from '../gate/abort-watch.ts';
import { checkThreshold } from '../gate/threshold.ts';
import { parseScenario } from './parse-scenario.ts';

const BASE = 'name: small\nquestion: Does it work?\n';

function parse(text: string, thresholds: readonly string[] = []) {
  return parseScenario(`${BASE}${text}`, {
    file: 'my.yaml',
    overrides: { thresholds },
    checkThreshold,
    checkAbort,
  });
}

const STAGES = 'stages: [ { hold: 5/s, for: 5s, name: calm }, { ramp: 5/s -> 9/s, over: 5s, name: burst } ]\n';

it('a stage can have a name, and thresholds can speak of it', () => {
  const scenario = parse(`${STAGES}thresholds: [ delivery.p99 < 300ms during burst ]\n`);
  expect(scenario.load.stages.map(({ name }) => name)).toEqual(['calm', 'burst']);
  expect(scenario.thresholds).toEqual(['delivery.p99 < 300ms during burst']);
});

it('a threshold can end the run, from 5 s of measure on unless it says otherwise', () => {
  const scenario = parse(`rate: 5/s
thresholds:
  - lost == 0
  - { expect: delivery.p95 < 1s, abort: true }
  - { expect: delivery.p99 < 2s, abort: true, after: 0s }
  - { expect: ack.p99 < 2s, abort: false }
`);
  expect(scenario.thresholds).toEqual(['lost == 0', 'delivery.p95 < 1s', 'delivery.p99 < 2s', 'ack.p99 < 2s']);
  expect(scenario.aborts).toEqual([
    { expression: 'delivery.p95 < 1s', afterUs: 5_000_000 },
    { expression: 'delivery.p99 < 2s', afterUs: 0 },
  ]);
});

it('a threshold can have an exit code of its own, until a flag replaces it', () => {
  const text = 'rate: 5/s\nthresholds: [ { expect: lost < 0.1%, exit: 42 }, delivery.p95 < 1s ]\n';
  expect(parse(text).exits).toEqual([{ expression: 'lost < 0.1%', exitCode: 42 }]);
  expect(parse(text, ['lost == 0'])).not.toHaveProperty('exits');
  expect(parse(text, ['lost == 0']).thresholds).toEqual(['delivery.p95 < 1s', 'lost == 0']);
});

it('a percentile is the same however it is written', () => {
  const text = 'rate: 5/s\nthresholds: [ delivery.p999 < 1s, ack.p99.99 < 1s, ack.p75 < 1s ]\n';
  expect(parse(text, ['delivery.p99.9 < 2s', 'ack.p9999 < 2s']).thresholds).toEqual([
    'ack.p75 < 1s',
    'delivery.p99.9 < 2s',
    'ack.p9999 < 2s',
  ]);
});

it('a flag on the same metric and window replaces a threshold and what it would have ended', () => {
  const text = `${STAGES}thresholds: [ { expect: delivery.p95 < 1s, abort: true }, delivery.p95 < 2s during burst ]\n`;
  const { thresholds, aborts } = parse(text, ['delivery.p95 < 9s']);
  expect(thresholds).toEqual(['delivery.p95 < 2s during burst', 'delivery.p95 < 9s']);
  expect(aborts).toEqual([]);
});

it.each([
  [
    `${STAGES}thresholds: [ delivery.p99 < 1s during brust ]\n`,
    `my.yaml:4:15: threshold 'delivery.p99 < 1s during brust': unknown phase or stage "brust", did you mean "burst"?`,
  ],
  [
    'rate: 5/s\nthresholds: [ { expect: lost == 0, abort: true } ]\n',
    `my.yaml:4:15: threshold 'lost == 0': lost is known only at the end, so no run can be ended by it`,
  ],
  [
    'stages: [ { hold: 5/s, for: 5s, name: drain } ]\n',
    'my.yaml:3:39: stages[0].name: "drain" is a phase: expected another name',
  ],
  [
    'stages: [ { hold: 5/s, for: 5s, name: a }, { hold: 5/s, for: 5s, name: a } ]\n',
    'my.yaml:3:72: stages[1].name: expected each name once, got another stage "a"',
  ],
])('%s is refused in one line', (text, problem) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ message: problem }));
});
