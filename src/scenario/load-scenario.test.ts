import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listScenarioNames, listScenarios, loadScenario } from './load-scenario.ts';
import { varyScenario } from './vary-scenario.ts';

const checkThreshold = () => null;
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-scenarios-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

it('loads the burst with 36,000 messages over 30 s among 50 clients in pairs', () => {
  expect(loadScenario('burst', { checkThreshold })).toMatchObject({
    name: 'burst',
    population: { clients: 50, roomClasses: [{ size: 2, count: 25 }] },
    load: {
      process: 'constant',
      stages: [{ fromPerSecond: 1200, toPerSecond: 1200, durationUs: 30_000_000 }],
      payloads: [{ bytes: 100, share: 1 }],
    },
    phases: { warmupUs: 3_000_000, measureUs: 30_000_000, drainTimeoutUs: 10_000_000 },
    thresholds: [
      'delivery.p95 < 170ms',
      'lost == 0',
      'misrouted == 0',
      'acked == 100%',
      'dropped == 0',
      'connect.success == 100%',
    ],
  });
});

it('loads the echo, where a sender is alone in its room', () => {
  expect(loadScenario('echo', { checkThreshold })).toMatchObject({
    protocol: 'echo',
    population: { clients: 100, roomClasses: [{ size: 1, count: 100 }] },
    load: { stages: [{ fromPerSecond: 1000, durationUs: 10_000_000 }] },
    phases: { warmupUs: 1_000_000 },
    thresholds: ['lost == 0', 'misrouted == 0', 'dropped == 0'],
  });
});

it('sweeps users over full rooms of two only, each of whom sends twice a second', () => {
  const users = loadScenario('users', { checkThreshold });
  expect(users.experiment).toEqual({ kind: 'sweep', varied: 'clients', values: [2, 6, 10, 20, 50, 100, 200, 500] });
  const fifty = varyScenario(users, 'clients', 50);
  expect(fifty.population).toMatchObject({ clients: 50, roomClasses: [{ size: 2, count: 25 }] });
  expect(fifty.load.stages).toMatchObject([{ fromPerSecond: 100, toPerSecond: 100 }]);
});

it('has a base load before and after the burst of a spike, and thresholds on each', () => {
  const { load, thresholds } = loadScenario('spike', { checkThreshold });
  const rates = load.stages.map(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]);
  expect(rates).toEqual([
    [200, 200],
    [200, 2_000],
    [2_000, 2_000],
    [2_000, 200],
    [200, 200],
  ]);
  expect(thresholds).toEqual(expect.arrayContaining(['delivery.p95 < 170ms during recovery', 'queue.drain < 5s']));
});

it('lists every ready-made scenario under the name that it bears inside', () => {
  const listed = listScenarios({ checkThreshold });
  expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(['burst', 'echo']));
  for (const { name, scenario } of listed) expect(scenario.name).toBe(name);
});

it.each(
  listScenarioNames().flatMap((name) => [
    [name, false],
    [name, true],
  ]),
)(
  '%s (quick: %s) passes no leak, no missing acknowledgement, and no closed connection that it did not plan',
  (name, quick) => {
    const { thresholds, faults, protocol } = loadScenario(name, { checkThreshold, overrides: { quick } });
    const isSilent =
      protocol === 'echo' || (typeof protocol === 'object' && 'deliver' in protocol && protocol.deliver === 'presence');
    expect(thresholds).toContain('lost == 0');
    expect(thresholds).toContain('misrouted == 0');
    expect(thresholds.includes('acked == 100%')).toBe(!isSilent);
    expect(thresholds.includes('dropped == 0')).toBe(faults.length === 0);
  },
);

it('loads a file by its path, and names it in problems as it was given', () => {
  const file = join(directory, 'mine.yaml');
  writeFileSync(file, 'name: mine\nquestion: q\nrate: 5/s\n');
  expect(loadScenario(file, { checkThreshold }).name).toBe('mine');
  writeFileSync(file, 'name: mine\nquestion: q\nrate: 0\n');
  expect(() => loadScenario(file, { checkThreshold })).toThrow(`${file}:3:7: rate: expected a positive rate`);
});

it.each([
  ['brust', /^unknown scenario "brust", did you mean "burst"\?$/],
  ['zzzzzz', /^unknown scenario "zzzzzz", expected one of .*burst/],
  ['constructor', /^unknown scenario "constructor"/],
  ['./missing.yaml', /^cannot read the scenario "\.\/missing\.yaml": no such file$/],
  ['../scenarios/burst', /^cannot read the scenario/],
])('says in one line that there is no "%s"', (name, message) => {
  expect(() => loadScenario(name, { checkThreshold })).toThrow(
    expect.objectContaining({ code: 'scenario-unknown', message: expect.stringMatching(message) }),
  );
});

describe('a ready-made scenario on a server of the operator', () => {
  const AT = { target: 'ws://127.0.0.1:9/' };
  const load = (name: string, overrides: object, isDescribed: boolean) => () => {
    const protocol = isDescribed ? join(directory, 'chat.yaml') : undefined;
    if (protocol !== undefined) writeFileSync(protocol, "send: '{body}'\n");
    loadScenario(name, { checkThreshold, overrides, protocol });
  };

  it.each([
    ['failover', AT, false, 'the reference cluster, whose parts it breaks, got --target ws://127.0.0.1:9/'],
    ['reconnect-storm', AT, false, 'the reference cluster, whose parts it breaks'],
    ['rate-limit', AT, false, 'the reference cluster, whose rate limiter it sets'],
    ['rate-limit', {}, true, 'the reference cluster, whose rate limiter it sets, got --protocol '],
    ['notifications', {}, true, 'the reference protocol, for `deliver: group`'],
    ['presence', { ...AT, rate: '0' }, true, 'the reference protocol, for `deliver: presence`'],
    ['mixed', AT, true, 'the reference protocol, or a module that says how clients type, read and fetch'],
    ['echo', AT, true, 'a server that sends messages to their sender, too'],
  ])('%s with %j, described: %s, says in one line what it needs', (name, overrides, isDescribed, need) => {
    const refused = load(name, overrides, isDescribed);
    expect(refused).toThrow(`scenario "${name}" needs ${need}`);
    expect(refused).not.toThrow(/\n/);
  });

  it.each(['burst', 'notifications'])('%s is refused for what was typed wrong where it could be asked', (name) => {
    expect(load(name, { ...AT, rate: '0' }, false)).toThrow(/^--rate 0: expected a positive rate/);
  });
});
