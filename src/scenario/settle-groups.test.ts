import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkThreshold } from '../gate/threshold.ts';
import { parseScenario } from './parse-scenario.ts';
import { varyScenario } from './vary-scenario.ts';

const BASE = 'name: small\nquestion: Does it work?\nclients: 100\n';

function parse(text: string, overrides: Parameters<typeof parseScenario>[1]['overrides'] = {}) {
  return parseScenario(`${BASE}${text}`, { file: 'my.yaml', checkThreshold, overrides });
}

/** By name, what each sends of the messages. */
function messagesOf({ groups = [] }: ReturnType<typeof parse>) {
  return Object.fromEntries(groups.map(({ name, messages }) => [name, Math.round(messages * 1e6) / 1e6]));
}

const READERS = '{ name: readers, share: 80%, send: 0/s }';
const TALKERS = '{ name: talkers, share: 15%, rate: 1/s-per-client }';
const BOTS = '{ name: bots, share: 5%, rate: 30/s }';
const OTHERS = '{ name: others, share: 5% }';

describe('the load of groups', () => {
  it.each([
    // 15 talkers at 1/s each, and 30/s of all bots together.
    [
      'of rates of their own',
      `groups: [ ${READERS}, ${TALKERS}, ${BOTS} ]`,
      45,
      { readers: 0, talkers: 15 / 45, bots: 30 / 45 },
    ],
    [
      'and what the scenario has',
      `rate: 5/s\ngroups: [ ${READERS}, ${TALKERS}, ${OTHERS} ]`,
      20,
      { readers: 0, talkers: 0.75, others: 0.25 },
    ],
    [
      'of what the scenario has for each',
      `rate-per-client: 1/s\ngroups: [ { name: a, share: 20% }, { name: b, share: 80% } ]`,
      100,
      { a: 0.2, b: 0.8 },
    ],
    [
      'of those that send',
      `rate: 90/s\ngroups: [ { name: a, share: 10% }, { name: b, share: 20% }, { name: c, share: 70%, send: 0/s } ]`,
      90,
      { a: 1 / 3, b: 2 / 3, c: 0 },
    ],
    [
      'per minute',
      `groups: [ { name: a, share: 50%, rate: 6/m per client }, { name: b, share: 50%, rate: 60/m } ]`,
      6,
      { a: 5 / 6, b: 1 / 6 },
    ],
  ])('is the sum %s', (_, text, perSecond, messages) => {
    const scenario = parse(`${text}\n`);
    const [stage] = scenario.load.stages;
    expect(stage).toMatchObject({ fromPerSecond: expect.closeTo(perSecond, 9), durationUs: 30_000_000 });
    const rounded = Object.fromEntries(
      Object.entries(messages).map(([name, share]) => [name, Math.round(share * 1e6) / 1e6]),
    );
    expect(messagesOf(scenario)).toEqual(rounded);
  });

  it('keeps its proportions under another rate, and with more clients', () => {
    const text = `groups: [ ${READERS}, ${TALKERS}, ${BOTS} ]\n`;
    const louder = parse(text, { rate: '90' });
    expect(louder.load.stages[0]!.fromPerSecond).toBe(90);
    expect(messagesOf(louder)).toEqual(messagesOf(parse(text)));
    const history = '{ name: a, share: 100%, rate: 1/s-per-client, traffic: { history: 0.1/s-per-client } }';
    const larger = varyScenario(parse(`groups: [ ${history} ]\n`), 'clients', 200);
    expect(larger.load.stages[0]!.fromPerSecond).toBe(200);
    expect(larger.groups![0]!.traffic).toEqual([{ kind: 'history', perSecond: 20 }]);
  });

  it('follows stages where no group has a rate of its own', () => {
    const stages = 'stages: [ { ramp: 0/s -> 50/s, over: 5s }, { hold: 50/s, for: 5s } ]';
    const scenario = parse(`${stages}\ngroups: [ { name: a, share: 25% }, { name: b, share: 75%, send: 0/s } ]\n`);
    expect(messagesOf(scenario)).toEqual({ a: 1, b: 0 });
  });

  it('has clients that come and go, and reconnect', () => {
    const movers = '{ name: movers, share: 100%, session: { length: 30s, away: 10s } }';
    const scenario = parse(`rate: 5/s\ngroups: [ ${movers} ]\n`);
    expect(scenario.groups![0]!.session).toEqual({ lengthUs: 30_000_000, awayUs: 10_000_000, isFixed: false });
    expect(scenario.reconnect).not.toBeNull();
    expect(parse(`rate: 5/s\ngroups: [ { name: a, share: 100% } ]\n`).reconnect).toBeNull();
  });

  it('has bodies and other traffic of its own', () => {
    const group =
      '{ name: a, share: 100%, payload: [ { bytes: 50, share: 50% }, { bytes: 60, share: 50% } ], traffic: { typing: 2/s, history: 0.1/s } }';
    expect(parse(`rate: 5/s\ngroups: [ ${group} ]\n`).groups).toEqual([
      {
        name: 'a',
        share: 1,
        messages: 1,
        payloads: [
          { bytes: 50, share: 0.5 },
          { bytes: 60, share: 0.5 },
        ],
        traffic: [
          { kind: 'typing', perSecond: 2 },
          { kind: 'history', perSecond: 0.1 },
        ],
      },
    ]);
  });
});

it.each([
  [`rate: 5/s\ngroups: [ ${READERS}, ${TALKERS} ]`, 'groups: expected shares that add up to 100 %, got 95 %'],
  [
    `rate: 5/s\ngroups: [ { name: a, share: 50% }, { name: a, share: 50% } ]`,
    'groups[1].name: expected each name once, got another group "a"',
  ],
  [`rate: 5/s\ngroups: []`, 'groups: expected a list of groups'],
  [`groups: [ { name: a, share: 100%, rate: 1/s, send: 1/s } ]`, 'groups[0]: expected "rate" or "send"'],
  [
    `groups: [ { name: a, share: 100%, rate: often } ]`,
    'groups[0].rate: expected a rate such as 100/s or 1/s-per-client, got "often"',
  ],
  [`groups: [ { name: a, share: 100%, rat: 1/s } ]`, 'unknown key "rat", did you mean "rate"?'],
  [`groups: [ { name: a, share: 100% } ]`, 'missing key "rate"'],
  [`groups: [ { name: a, share: 100%, send: 0/s } ]`, 'missing key "rate"'],
  [`rate: 5/s\ngroups: [ { name: a, share: 100%, rate: 1/s } ]`, 'groups: expected a group without a rate of its own'],
  [
    `steps: { from: 1/s, to: 2/s, by: 1/s, every: 1s }\ngroups: [ { name: a, share: 50%, rate: 1/s }, { name: b, share: 50% } ]`,
    'groups: expected no rate of a group beside stages or steps',
  ],
  [`rate: 5/s\nsenders: 50%\ngroups: [ { name: a, share: 100% } ]`, 'senders: expected no senders beside groups'],
  [
    `rate: 5/s\nrooms: { choice: in-turn }\ngroups: [ { name: a, share: 100% } ]`,
    'rooms: expected choice: uniform or zipf beside groups',
  ],
  [`loop: closed\ngroups: [ { name: a, share: 100% } ]`, 'groups: expected an open loop'],
  [
    `rate: 5/s\ngroups: [ { name: a, share: 99.9% }, { name: b, share: 0.1% } ]`,
    'groups: "b" would be nobody: expected more clients than 100',
  ],
  [
    `rate: 5/s\ngroups: [ { name: a, share: 100%, payload: [ { bytes: 50, share: 50% } ] } ]`,
    'groups[0].payload: expected shares that add up to 100 %',
  ],
  [
    `rate: 5/s\nprotocol: echo\ngroups: [ { name: a, share: 100%, traffic: { typing: 1/s } } ]`,
    'groups: expected protocol: reference or a module',
  ],
  [
    `rate: 5/s\nthresholds: [ delivery.p95 of a < 1s ]`,
    `threshold 'delivery.p95 of a < 1s': there is no group "a": expected it under`,
  ],
  [
    `rate: 5/s\ngroups: [ { name: talkers, share: 100% } ]\nthresholds: [ lost to talker == 0 ]`,
    'there is no group "talker", did you mean "talkers"?',
  ],
  [
    `rate: 5/s\ngroups: [ { name: a, share: 100% } ]\nthresholds: [ ack.p95 to a < 1s ]`,
    'ack is not told apart by who was to get it, expected one of delivery, lost',
  ],
  [
    `rate: 5/s\ngroups: [ { name: a, share: 100% } ]\nthresholds: [ misrouted of a == 0 ]`,
    'misrouted is not told apart by who sent, expected one of delivery, ack, history, lost, ',
  ],
  [
    `rate: 5/s\ngroups: [ { name: a, share: 100% } ]\nthresholds: [ delivery.p95 of a < 1s for every 5s ]`,
    'delivery.p95 of a is known for the run as a whole only',
  ],
  [
    `rate: 5/s\nreconnect: off\ngroups: [ { name: a, share: 100%, session: { length: 30s, away: 10s } } ]`,
    'reconnect: expected on, so that clients whose session is over come back',
  ],
  [
    `rate: 5/s\ngroups: [ { name: a, share: 100%, session: { length: 0s, away: 10s } } ]`,
    'groups[0].session.length: expected a positive duration',
  ],
])('%s is refused: %s', (text, problem) => expect(() => parse(`${text}\n`)).toThrow(problem));

it('the page has an example that can be run', () => {
  const page = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8');
  const example = /<!-- tested: groups -->\s*```yaml\n([\s\S]*?)\n```/.exec(page)![1]!;
  const scenario = parseScenario(example, { file: 'example.yaml', checkThreshold });
  expect(messagesOf(scenario)).toEqual({ readers: 0, talkers: 0.428571, bots: 0.571429 });
  expect(scenario.thresholds).toHaveLength(3);
});
