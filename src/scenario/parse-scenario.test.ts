import { describe, expect, it } from 'vitest';
import { ChatbenchError } from '../errors.ts';
import { type ParseOptions, parseScenario } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';

const SMALLEST = 'name: small\nquestion: Does it work?\nrate: 100/s\n';
const NO_LOAD = 'name: small\nquestion: Does it work?\n';
const STAGED =
  'name: staged\nquestion: Does it work?\nstages: [{ ramp: 0/s → 5000/s, over: 30s }, { hold: 5000/s, for: 1m }]\n';

type Overrides = ParseOptions['overrides'];

function parse(text: string, overrides: Overrides = {}): Scenario {
  const checkThreshold = (expression: string) => (expression.startsWith('bad') ? 'unknown metric' : null);
  return parseScenario(text, { file: 'my.yaml', overrides, checkThreshold });
}

function problemsOf(text: string, overrides: Overrides = {}): readonly string[] {
  try {
    parse(text, overrides);
  } catch (error) {
    expect(error).toBeInstanceOf(ChatbenchError);
    expect((error as ChatbenchError).code).toBe('scenario-invalid');
    return (error as ChatbenchError).message.split('\n');
  }
  return [];
}

describe('a closed loop', () => {
  const REFUSED = 'expected no rate in a closed loop: each sender sends again when its message has arrived';

  it('has a length and no rate, however short it is', () => {
    expect(parse(`${NO_LOAD}loop: closed\nduration: 400ms\n`)).toMatchObject({
      load: { loop: 'closed' },
      phases: { measureUs: 400_000 },
    });
    expect(parse(NO_LOAD, { closed: true, duration: '7s' }).phases.measureUs).toBe(7_000_000);
  });

  it('is what --closed makes of any scenario, whose rate then counts for nothing', () => {
    expect(parse(SMALLEST, { closed: true }).load.loop).toBe('closed');
    expect(parse(STAGED, { closed: true }).phases.measureUs).toBe(90_000_000);
  });

  it('is refused with a rate that was asked for together with it', () => {
    expect(problemsOf(SMALLEST, { closed: true, rate: '50' })).toEqual([
      expect.stringContaining(`--rate 50: ${REFUSED}`),
    ]);
    expect(problemsOf(`${NO_LOAD}loop: closed\n`, { rate: '50' })).toEqual([expect.stringContaining('--rate 50: ')]);
    expect(problemsOf(`${SMALLEST}loop: closed\n`)).toEqual([expect.stringContaining(`my.yaml:3:1: rate: ${REFUSED}`)]);
    expect(problemsOf(`${NO_LOAD}rate-per-client: 2/s\nloop: closed\n`)).toEqual([
      expect.stringContaining('my.yaml:3:1: rate-per-client: '),
    ]);
  });

  it('is refused in a search or a sweep of the rate, and may be swept over clients', () => {
    const text = (key: string) => `expected no ${key} over the rate in a closed loop, which has none`;
    expect(problemsOf(`${SMALLEST}search: { rate: 1/s → 9/s }\n`, { closed: true })).toEqual([
      expect.stringContaining(`--closed: ${text('search')}`),
    ]);
    expect(problemsOf(`${NO_LOAD}loop: closed\nsweep: { rate: [1/s, 2/s] }\n`)).toEqual([
      expect.stringContaining(`my.yaml:4:1: sweep: ${text('sweep')}`),
    ]);
    expect(parse(`${NO_LOAD}loop: closed\nsweep: { clients: [2, 4] }\n`).experiment).toMatchObject({ kind: 'sweep' });
  });
});

describe('clients that come during measure', () => {
  const coming = (steps: string, more = 'rate-per-client: 2/s\n') => `${NO_LOAD}clients: ${steps}\n${more}`;

  it('are as many as the last step has, who come in as long as it takes, and send as they come', () => {
    const { population, load, phases } = parse(coming('[{ from: 10, to: 40, over: 20s }, { to: 100, over: 40s }]'));
    expect(population).toMatchObject({
      clients: 100,
      arriving: [
        { from: 10, to: 40, durationUs: 20_000_000 },
        { from: 40, to: 100, durationUs: 40_000_000 },
      ],
    });
    expect(load.stages).toEqual([
      { fromPerSecond: 20, toPerSecond: 80, durationUs: 20_000_000 },
      { fromPerSecond: 80, toPerSecond: 200, durationUs: 40_000_000 },
    ]);
    expect(phases.measureUs).toBe(60_000_000);
  });

  it('are all there for the rest of a longer measure, and send at one rate where that is given', () => {
    const longer = parse(coming('[{ to: 100, over: 10s }]', 'rate-per-client: 2/s\nduration: 30s\n'));
    expect(longer.load.stages.map(({ toPerSecond, durationUs }) => [toPerSecond, durationUs])).toEqual([
      [200, 10_000_000],
      [200, 20_000_000],
    ]);
    expect(longer.population.arriving).toEqual([{ from: 0, to: 100, durationUs: 10_000_000 }]);
    expect(parse(coming('[{ to: 100, over: 10s }]', 'rate: 50/s\n')).load.stages).toEqual([
      { fromPerSecond: 50, toPerSecond: 50, durationUs: 10_000_000 },
    ]);
  });

  it('keep their shape with --clients, --duration and --rate', () => {
    const { population, load } = parse(coming('[{ from: 10, to: 40, over: 20s }, { to: 100, over: 40s }]'), {
      clients: '50',
      duration: '6s',
      rate: '500',
    });
    expect(population.arriving).toEqual([
      { from: 5, to: 20, durationUs: 2_000_000 },
      { from: 20, to: 50, durationUs: 4_000_000 },
    ]);
    expect(load.stages).toEqual([
      { fromPerSecond: 50, toPerSecond: 200, durationUs: 2_000_000 },
      { fromPerSecond: 200, toPerSecond: 500, durationUs: 4_000_000 },
    ]);
  });

  it.each([
    ['[{ to: 100, over: 10s }]', 'rate: 5/s\nduration: 5s\n', 'expected steps that are over by the end of measure'],
    ['[{ to: 100, over: 10s }, { to: 50, over: 5s }]', 'rate: 5/s\n', 'expected 100 clients or more'],
    ['[{ from: 20, to: 10, over: 5s }]', 'rate: 5/s\n', 'expected 20 clients or more'],
    ['[{ to: 10, over: 5s }, { from: 10, to: 20, over: 5s }]', 'rate: 5/s\n', 'expected it in the first step alone'],
    ['[{ to: 101, over: 10s }]', 'rate: 5/s\n', 'expected full rooms'],
    ['[{ to: 10, over: 5s }]', 'loop: closed\n', 'expected an open loop'],
    ['[{ to: 10, over: 5s }]', 'rate: 5/s\ntraffic: { typing: 1/s }\n', 'traffic: expected none beside clients'],
    ['[{ to: 10, over: 5s }]', 'rate: 5/s\ngroups: [{ name: all, share: 100% }]\n', 'groups: expected none beside'],
    ['[{ to: 10, over: 5s }]', 'rate: 5/s\nrooms: { choice: zipf }\n', 'expected choice: uniform'],
    ['[{ to: 10, over: 5s }]', 'rate: 5/s\nsearch: { clients: 10 → 20 }\n', 'expected one number of clients'],
    ['[{ to: 2, over: 1s }]', 'rate-per-client: 0.6/s\n', 'the rate yields none in this time'],
    ['[{ over: 5s }]', 'rate: 5/s\n', 'clients[0].to: '],
  ])('are refused where it makes no sense: %s %j', (steps, more, text) => {
    expect(problemsOf(coming(steps, more)).join('\n')).toContain(text);
  });
});

describe('rooms-per-client', () => {
  const people = (more: string) => `${SMALLEST}clients: 20\n${more}`;

  it('has as many rooms of each size as it takes, and as many clients as without', () => {
    expect(parse(people('rooms: { size: 5 }\nrooms-per-client: 3\n')).population).toMatchObject({
      clients: 20,
      roomsPerClient: 3,
      roomClasses: [{ size: 5, count: 12 }],
    });
    const sizes = 'rooms: { sizes: [{ size: 2, count: 5 }, { size: 10, count: 1 }] }\n';
    expect(parse(people(`${sizes}rooms-per-client: 2\n`)).population.roomClasses).toEqual([
      { size: 2, count: 10 },
      { size: 10, count: 2 },
    ]);
    expect(parse(people('rooms-per-client: 1\n')).population).not.toHaveProperty('roomsPerClient');
  });

  it.each([
    ['rooms-per-client: 0\n', 'expected 1 to 1,000 rooms'],
    ['rooms-per-client: 2\nprotocol: echo\n', 'expected 1 with protocol echo'],
    ['rooms-per-client: 2\ndeliver: direct\n', 'expected 1 with deliver: direct'],
    ['rooms-per-client: 2\ndeliver: presence\n', 'expected 1 with deliver: presence'],
    ["rooms-per-client: 2\nprotocol: { url: '{endpoint}/{room}', send: '{body}' }\n", 'name the {room}'],
    ['rooms-per-client: 2\nprotocol: { use: django-channels }\n', 'name the {room}'],
  ])('is refused where there are none to be in over one connection: %j', (more, text) => {
    expect(problemsOf(people(more))).toEqual([expect.stringMatching(/rooms-per-client: /)]);
    expect(problemsOf(people(more))[0]).toContain(text);
  });

  it.each(['deliver: group', 'protocol: { use: socket.io }', 'protocol: mqtt', 'protocol: ./mine.ts'])(
    'goes with %s',
    (more) => expect(problemsOf(people(`rooms-per-client: 2\n${more}\n`))).toEqual([]),
  );
});

describe('a scenario', () => {
  it('needs a name, a question and a load; all else has a default', () => {
    expect(parse(SMALLEST)).toEqual({
      name: 'small',
      question: 'Does it work?',
      protocol: 'reference',
      population: {
        clients: 50,
        roomClasses: [{ size: 2, count: 25 }],
        roomChoice: { kind: 'uniform' },
        senderShare: 1,
        connectPerSecond: null,
      },
      load: {
        process: 'constant',
        stages: [{ fromPerSecond: 100, toPerSecond: 100, durationUs: 30_000_000 }],
        payloads: [{ bytes: 100, share: 1 }],
        loop: 'open',
        thinkTimeUs: 0,
      },
      phases: { warmupUs: 3_000_000, measureUs: 30_000_000, drainTimeoutUs: 10_000_000 },
      timeouts: { connectUs: 10_000_000, deliveryUs: 5_000_000 },
      latenessBudgetUs: 50_000,
      target: {
        kind: 'auto',
        url: null,
        topology: 'worker',
        gateways: 2,
        workers: 1,
        queueType: 'classic',
        balance: 'none',
        hops: true,
        defect: null,
        further: [],
        rateLimit: null,
      },
      seed: 1,
      thresholds: [],
      faults: [],
      spread: 'round-robin',
      reconnect: null,
      experiment: null,
      aborts: [],
    });
  });

  it('takes every key', () => {
    const text = `${SMALLEST}protocol: echo
clients: 7
rooms: { size: 1 }
arrivals: poisson
duration: 1.5s
warmup: 0
payload: 1KiB
drain: 250ms
seed: 4294967295
timeouts: { connect: 1s, delivery: 2s }
lateness-budget: 7ms
target: { url: "wss://chat.example/ws" }
thresholds: [ 'lost == 0' ]
`;
    expect(parse(text)).toMatchObject({
      protocol: 'echo',
      population: { clients: 7, roomClasses: [{ size: 1, count: 7 }] },
      load: { process: 'poisson', payloads: [{ bytes: 1024, share: 1 }] },
      phases: { warmupUs: 0, measureUs: 1_500_000, drainTimeoutUs: 250_000 },
      timeouts: { connectUs: 1_000_000, deliveryUs: 2_000_000 },
      latenessBudgetUs: 7_000,
      target: { kind: 'external', url: 'wss://chat.example/ws' },
      seed: 4_294_967_295,
      thresholds: ['lost == 0'],
    });
  });

  it('has rooms of one by default where the protocol is echo', () => {
    expect(parse(`${SMALLEST}protocol: echo\n`).population.roomClasses).toEqual([{ size: 1, count: 50 }]);
  });

  it.each(['→', '->'])('ramps with "%s"', (arrow) => {
    expect(parse(STAGED.replace('→', arrow)).load.stages).toEqual([
      { fromPerSecond: 0, toPerSecond: 5000, durationUs: 30_000_000 },
      { fromPerSecond: 5000, toPerSecond: 5000, durationUs: 60_000_000 },
    ]);
  });

  it.each([
    ['from: 100, to: 500, by: 200', [100, 300, 500]],
    ['from: 500, to: 100, by: 200', [500, 300, 100]],
    ['from: 0.1, to: 0.7, by: 0.2', [0.1, 0.3, 0.5, 0.7]], // 0.6 / 0.2 is 2.9999999999999996 in doubles
    ['from: 9, to: 9, by: 1', [9]],
  ])('steps { %s } to %j', (ends, rates) => {
    const { stages } = parse(`name: s\nquestion: q\nsteps: { ${ends}, every: 10s }\n`).load;
    expect(stages.map((stage) => Number(stage.fromPerSecond.toFixed(9)))).toEqual(rates);
    expect(stages.every((stage) => stage.durationUs === 10_000_000)).toBe(true);
  });
});

describe('a population', () => {
  it('has rooms of several sizes, popular ones first, in which some only listen', () => {
    const text = `${SMALLEST}rooms: { sizes: [{ size: 2, count: 20 }, { size: 50, count: 1 }], choice: zipf, exponent: 1.1 }\nsenders: 20%\n`;
    expect(parse(text).population).toEqual({
      clients: 90,
      roomClasses: [
        { size: 2, count: 20 },
        { size: 50, count: 1 },
      ],
      roomChoice: { kind: 'zipf', exponent: 1.1 },
      senderShare: 0.2,
      connectPerSecond: null,
    });
  });

  it('types, reads and scrolls back at the rates that are given, and does nothing of it otherwise', () => {
    expect(parse(`${SMALLEST}traffic: { typing: 60/m, history: 10 }\n`).traffic).toEqual([
      { kind: 'typing', perSecond: 1 },
      { kind: 'history', perSecond: 10 },
    ]);
    expect(parse(`${SMALLEST}traffic: { receipts: 0/s }\n`)).not.toHaveProperty('traffic');
    expect(parse(SMALLEST)).not.toHaveProperty('traffic');
    expect(parse(`${SMALLEST}deliver: direct\ntraffic: { receipts: 5/s }\n`).traffic).toHaveLength(1);
    expect(
      parse(`${SMALLEST}traffic: { typing: 9/s }\nquick: { traffic: {} }\n`, { quick: true }).traffic,
    ).toBeUndefined();
  });

  it.each([
    ['protocol: echo\nclients: 4\nrooms: { size: 1 }\ntraffic: { typing: 5/s }', 7, 'protocol: reference or a module'],
    ['deliver: group\ntraffic: { history: 5/s }', 5, 'deliver: room or direct'],
  ])('refuses traffic that the protocol has no words for, in one line: %s', (keys, line, expected) => {
    const quoted = `traffic: expected ${expected}, which say how clients type, read and fetch, or no traffic`;
    expect(problemsOf(`${SMALLEST}${keys}\n`)).toEqual([expect.stringContaining(quoted)]);
    expect(problemsOf(`${SMALLEST}${keys}\n`)[0]).toContain(`my.yaml:${line}:`);
  });

  it('names what is wrong with a rate of traffic, and the key that is meant', () => {
    expect(problemsOf(`${SMALLEST}traffic: { typing: often, recipts: 5/s }\n`)).toEqual([
      expect.stringContaining('traffic.typing: expected a rate such as 1200 or 1200/s, got "often"'),
      expect.stringContaining('unknown key "recipts", did you mean "receipts"'),
    ]);
  });

  it('lets messages carry no stamps where the file or the flag says so', () => {
    expect(parse(`${SMALLEST}hops: false\n`).target.hops).toBe(false);
    expect(parse(`${SMALLEST}hops: true\n`, { hops: false }).target.hops).toBe(false);
    expect(parse(SMALLEST, { hops: true }).target.hops).toBe(true);
  });

  it('sends bodies of several sizes by their shares, in a closed loop where asked', () => {
    const { load } = parse(
      `${NO_LOAD}payload: [{ bytes: 100, share: 90% }, { bytes: 1KiB, share: 10% }]\nloop: closed\nthink: 500ms\n`,
    );
    expect(load).toMatchObject({
      payloads: [
        { bytes: 100, share: 0.9 },
        { bytes: 1024, share: 0.1 },
      ],
      loop: 'closed',
      thinkTimeUs: 500_000,
    });
  });

  it.each([
    ['rooms: { sizes: [{ size: 3, count: 2 }] }\nclients: 5', /clients: expected 6, the members of all rooms.sizes/],
    ['rooms: { sizes: [{ size: 1, count: 2 }] }', /rooms: expected rooms of 2 or more/],
    ['rooms: { size: 2, exponent: 1 }', /an exponent goes with choice: zipf/],
    ['rooms: { sizes: [{ size: 2, cuont: 2 }] }', /unknown key "cuont", did you mean "count"/],
    ['payload: [{ bytes: 100, share: 90% }]', /payload: expected shares that add up to 100 %, got 90 %/],
    ['payload: [{ bytes: 10, share: 100% }]', /my.yaml:4:20: payload\[0\].bytes: expected 30 bytes/],
    ['senders: 0%', /senders: expected a share such as 20%/],
    ['think: 1s', /my\.yaml:\d+:\d+: think: expected `loop: closed` beside it, or no think/],
    ['loop: open\nthink: 0s', /think: expected `loop: closed`/],
  ])('says what is wrong with "%s"', (line, expected) => {
    expect(problemsOf(`${SMALLEST}${line}\n`).join('\n')).toMatch(expected);
  });
});

describe('reconnecting', () => {
  it.each([
    ['', null],
    ['reconnect: off', null],
    ['reconnect: on', { backoff: 'full-jitter', baseUs: 100_000, maxUs: 5_000_000 }],
    ['reconnect: { base: 50ms, max: 1s }', { backoff: 'full-jitter', baseUs: 50_000, maxUs: 1_000_000 }],
    ['faults: [{ at: 1s, kill: gateway-1 }]', { backoff: 'full-jitter', baseUs: 100_000, maxUs: 5_000_000 }],
    ['faults: [{ at: 1s, kill: gateway-1 }]\nreconnect: off', null],
  ])('with "%s" is %j: on where there are faults, unless the scenario says', (lines, reconnect) => {
    expect(parse(`${SMALLEST}target: local\n${lines}\n`).reconnect).toEqual(reconnect);
  });
});

describe('flags', () => {
  it('replace the values of the file', () => {
    const overrides = {
      rate: '7',
      duration: '2m',
      clients: '9',
      roomSize: '3',
      payload: '64',
      warmup: '0s',
      deliveryTimeout: '30s',
      drain: '1m',
      seed: '5',
      target: 'local',
      gateways: '3',
      workers: '4',
      balance: 'ip-hash',
      topology: 'fanout',
      queueType: 'quorum',
      spread: 'sticky-hash',
    };
    expect(parse(`${SMALLEST}target: ws://127.0.0.1:1/\n`, overrides)).toMatchObject({
      population: { clients: 9, roomClasses: [{ size: 3, count: 3 }] },
      load: {
        stages: [{ fromPerSecond: 7, toPerSecond: 7, durationUs: 120_000_000 }],
        payloads: [{ bytes: 64, share: 1 }],
      },
      phases: { warmupUs: 0, measureUs: 120_000_000, drainTimeoutUs: 60_000_000 },
      timeouts: { connectUs: 10_000_000, deliveryUs: 30_000_000 },
      target: {
        kind: 'local',
        url: null,
        gateways: 3,
        workers: 4,
        balance: 'ip-hash',
        topology: 'fanout',
        queueType: 'quorum',
      },
      spread: 'sticky-hash',
      seed: 5,
    });
  });

  it.each([
    [{ rateLimit: '10' }, { kind: 'sliding', limit: 10, windowMs: 1_000 }],
    [
      { rateLimit: '600/m', rateLimiter: 'fixed' },
      { kind: 'fixed', limit: 600, windowMs: 60_000 },
    ],
    [{}, null],
  ])('limit what a user may send: %j', (overrides: Overrides, rateLimit) => {
    expect(parse(SMALLEST, overrides).target.rateLimit).toEqual(rateLimit);
  });

  it('make the cluster fail in one way that is known', () => {
    expect(parse(SMALLEST, { defect: 'slow-hop' }).target.defect).toBe('slow-hop');
  });

  it('give a scenario without a load its load', () => {
    expect(parse('name: s\nquestion: q\n', { rate: '5' }).load.stages[0]?.fromPerSecond).toBe(5);
  });

  it('scale stages in proportion: the rate is the peak, the duration the sum', () => {
    const { load, phases } = parse(STAGED, { rate: '100', duration: '10s' });
    // A third of 10 s is no whole number of µs: borders are rounded, and the sum is still exact.
    expect(load.stages).toEqual([
      { fromPerSecond: 0, toPerSecond: 100, durationUs: 3_333_333 },
      { fromPerSecond: 100, toPerSecond: 100, durationUs: 6_666_667 },
    ]);
    expect(phases.measureUs).toBe(10_000_000);
  });

  it('add thresholds, and replace those on the same metric and statistic', () => {
    const text = `${SMALLEST}thresholds: [ 'delivery.p95 < 170ms', 'delivery.p99.9 < 1s', 'lost == 0' ]\n`;
    const given = ['delivery.p95<1us', 'delivery.p999 < 2s', 'ack.p95 < 5ms'];
    expect(parse(text, { thresholds: given }).thresholds).toEqual(['lost == 0', ...given]);
  });
});

describe('problems', () => {
  it('are all told at once, in the order of the file and then of the flags', () => {
    const text = `name: A b
rate: abc
warmpup: 3s
clients: 51
duration: 5x
target: { kind: locl, gateways: 0 }
thresholds: [ 'lost == 0', 'bad < 1' ]
`;
    expect(problemsOf(text, { payload: '1', thresholds: ['bad > 1'] })).toEqual([
      'my.yaml:1:1: missing key "question", expected the question that a run answers',
      'my.yaml:1:7: name: expected a short name of a–z, 0–9 and - such as burst, got "A b"',
      'my.yaml:2:7: rate: expected a rate such as 1200 or 1200/s, got "abc"',
      'my.yaml:3:1: unknown key "warmpup", did you mean "warmup"?',
      'my.yaml:4:10: clients: expected full rooms: a multiple of the room size 2, such as 50 or 52 clients',
      'my.yaml:5:11: duration: expected a duration such as 30s or 2m, got "5x"',
      'my.yaml:6:17: target.kind: expected auto, embedded, local, compose or external, got "locl", did you mean "local"?',
      'my.yaml:6:33: target.gateways: expected 1 to 64 gateways, got "0"',
      "my.yaml:7:28: threshold 'bad < 1': unknown metric",
      '--payload 1: expected 30 bytes (the marker of a message) to 16 MiB',
      "--threshold 'bad > 1': unknown metric",
    ]);
  });

  it.each([
    ['rooms: { sise: 2 }', 'my.yaml:4:10: unknown key "sise", did you mean "size"?'],
    ['timeouts:', 'my.yaml:4:10: timeouts: expected { connect: 10s, delivery: 5s }, got nothing'],
    ['clients: [1]', 'my.yaml:4:10: clients: expected a whole number such as 50, got a list of 1'],
    ['clients: -2', 'my.yaml:4:10: clients: expected a whole number such as 50, got "-2"'],
    ['hops: maybe', 'my.yaml:4:7: hops: expected true or false, got "maybe"'],
    ['duration: 30', 'my.yaml:4:11: duration: expected a duration such as 30s or 2m, got "30"'],
    ['duration: 0s', 'my.yaml:4:11: duration: expected a positive duration such as 30s or 2m, got "0s"'],
    ['drain: 200h', 'my.yaml:4:8: drain: expected a duration of at most 168h, got "200h"'],
    ['seed: 4294967296', 'my.yaml:4:7: seed: expected a seed of at most 4294967295, got "4294967296"'],
    ['arrivals: posson', 'my.yaml:4:11: arrivals: expected constant or poisson, got "posson", did you mean "poisson"?'],
    ['thresholds: [ 5 ]', /^my.yaml:4:15: thresholds\[0\]: expected a threshold such as 'lost == 0' or \{ .*, got 5$/],
    ['thresholds: [ { expect: 5 } ]', "my.yaml:4:25: thresholds[0].expect: expected a threshold such as 'lost == 0'"],
    [
      'thresholds: [ { expect: lost == 0, abort: 1 } ]',
      'my.yaml:4:43: thresholds[0].abort: expected true or false, got 1',
    ],
    [
      'thresholds: [ { expect: lost == 0, after: 5s } ]',
      'my.yaml:4:15: thresholds[0]: expected "after" only with "abort: true"',
    ],
    [
      'thresholds: [ { expect: lost == 0, exit: 0 } ]',
      'my.yaml:4:42: thresholds[0].exit: expected an exit code from 1 to 255, got "0"',
    ],
    ['thresholds: [ { expect: lost == 0, abrt: true } ]', 'my.yaml:4:36: unknown key "abrt", did you mean "abort"?'],
    [
      'payload: 60001',
      /^my.yaml:4:10: payload: expected at most 60000 bytes with the reference cluster, .*, got 60001$/,
    ],
    ['rooms: { size: 1 }', /^my.yaml:4:16: rooms.size: expected rooms of 2 or more: /],
    ['target: { kind: external }', /^my.yaml:4:9: target: expected a url: /],
    ['target: { kind: local, url: "ws://a/" }', /^my.yaml:4:9: target: expected no url for a target of kind local$/],
    ['target: http://a/', /^my.yaml:4:9: target: expected auto, embedded, local, compose or an address /],
    ['target: "ws://a/#b"', /^my.yaml:4:9: target: expected a ws:\/\/ or wss:\/\/ address /],
    [
      'target: { topology: pubsup }',
      /^my.yaml:4:21: target.topology: expected worker, .* or stomp, got "pubsup", did you mean "pubsub"/,
    ],
    ['target: { kind: embedded, topology: stomp }', /^my.yaml:4:9: target: .* kind local with topology stomp/],
    ['target: { kind: compose, topology: fanout }', /^my.yaml:4:9: target: .* kind local with topology fanout/],
    ['target: { topology: pattern, queue-type: quorum }', /target.topology: topology pattern has no queues/],
    ['target: { kind: embedded, queue-type: quorum }', /^my.yaml:4:9: target: .* kind local with quorum queues/],
    ['target: { rate-limit: 0/s }', /^my.yaml:4:23: target.rate-limit: expected 1 to 100,000 messages of a user/],
    ['target: { rate-limit: 5/d }', /target.rate-limit: expected .* such as 10\/s or 600\/m, got "5\/d"$/],
    ['target: { rate-limiter: leaky }', /target.rate-limiter: expected sliding or fixed, got "leaky"$/],
    [
      'target: { rate-limiter: fixed }',
      'my.yaml:4:25: target.rate-limiter: expected a rate limit with it, such as 10/s',
    ],
    ['target: { kind: compose, rate-limit: 5/s }', /expected a target of kind local or embedded with a rate limit$/],
    ['target: { kind: local, balance: ip_hash }', /target.balance: expected none, .* did you mean "ip-hash"/],
    [
      'target: { kind: embedded, balance: ip-hash }',
      /^my.yaml:4:9: target: expected a target of kind local or compose/,
    ],
    ['spread: stickyhash', /^my.yaml:4:9: spread: expected round-robin, .* did you mean "sticky-hash"/],
    ['reconnect: sometimes', /^my.yaml:4:12: reconnect: expected on, off or \{ backoff: full-jitter, /],
    ['reconnect: { base: 10s, max: 5s }', 'my.yaml:4:1: reconnect: expected a base that is no longer than max'],
    ['reconnect: { jitter: full }', /^my.yaml:4:14: unknown key "jitter", expected one of backoff, base, max$/],
    [
      'faults: [{ at: 1s, disconnect: clients, for: 1s }]\nreconnect: off',
      'my.yaml:5:1: reconnect: expected on, so that clients that a fault disconnects come back',
    ],
    ['protocol: echo\ntarget: local', /^my.yaml:5:9: target: expected the address of an echo server /],
    ['protocol: echo\nrooms: { size: 2 }', /^my.yaml:5:16: rooms.size: expected rooms of 1 with protocol echo/],
    ['stages: [ { hold: 1, for: 1s } ]', /^my.yaml:4:1: stages: expected one load, but "rate" is given as well/],
  ])('"%s" has one line: %s', (line, problem) => {
    const problems = problemsOf(`${SMALLEST}${line}\n`);
    expect(problems).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
  });

  it.each([
    [{ rate: '0' }, '--rate 0: expected a positive rate such as 1200 or 1200/s'],
    [{ rate: 'abc' }, '--rate abc: expected a rate such as 1200 or 1200/s'],
    [{ rate: '1000001' }, '--rate 1000001: expected a rate of at most 1,000,000/s'],
    [{ duration: '5x' }, '--duration 5x: expected a duration such as 30s or 2m'],
    [{ clients: '1' }, '--clients 1: expected full rooms: a multiple of the room size 2, such as 2 clients'],
    [{ clients: '0' }, '--clients 0: expected 1 to 1,000,000 clients'],
    [{ roomSize: '3' }, '--room-size 3: expected a size that divides the 50 clients, or 48 or 51 clients'],
    [{ seed: '-1' }, '--seed -1: expected a whole number such as 50'],
    [{ target: 'ws://' }, '--target ws://: expected a ws:// or wss:// address such as ws://127.0.0.1:8080/'],
    [{ topology: 'star' }, /^--topology star: expected worker, pubsub, pattern, fanout or stomp/],
    [{ queueType: 'lazy' }, /^--queue-type lazy: expected classic or quorum/],
    [{ target: 'ws://a/', topology: 'pubsub' }, /^--topology pubsub: expected no topology for a target at an address/],
    [{ target: 'ws://a/', gateways: '3' }, /^--gateways 3: expected no number of gateways for a target at an address/],
    [
      { target: 'ws://a/', balance: 'ip-hash' },
      '--balance ip-hash: expected a target of kind local or compose where nginx balances',
    ],
    [{ rateLimiter: 'fixed' }, '--rate-limiter fixed: expected a rate limit with it, such as 10/s'],
    [
      { target: 'ws://a/', rateLimit: '10/s' },
      '--rate-limit 10/s: expected a target of kind local or embedded with a rate limit',
    ],
    [{ defect: 'own-copies' }, /^--defect own-copies: expected own-copy, late-subscribe, .* or leaky-rooms/],
    [
      { target: 'ws://a/', defect: 'own-copy' },
      '--defect own-copy: expected a target of kind local or embedded: only those can be made to fail',
    ],
    [
      { topology: 'pubsub', defect: 'early-ack' },
      '--defect early-ack: expected a topology with workers, not pubsub: the defect is theirs',
    ],
    [
      { rateLimit: '5/s', rateLimiter: 'fixed', defect: 'fixed-window-edge' },
      '--defect fixed-window-edge: expected a sliding rate limit with it, such as --rate-limit 10/s',
    ],
    [{ rate: '1000000', duration: '2h' }, /^--rate 1000000: expected at most 4294967295 messages in a run, got 7/],
    [{ rate: '0.01' }, '--rate 0.01: expected at least one message, but the rate yields none in this time'],
  ])('%j has one line that names the flag: %s', (overrides: Overrides, problem) => {
    expect(problemsOf(SMALLEST, overrides)).toEqual([
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    ]);
  });

  it.each([
    ['{ ramp: 0/s, over: 30s }', /^my.yaml:3:18: stages\[0\].ramp: expected two rates/],
    ['{ hold: 5, over: 1m }', /^my.yaml:3:10: stages\[0\]: expected { ramp: .* } or { hold: .* }$/],
    ['{ hold: 5, foor: 1m }', 'my.yaml:3:21: unknown key "foor", did you mean "for"?'],
    ['{ hold: 0, for: 1m }', 'my.yaml:3:9: stages: expected a positive rate in at least one stage'],
  ])('of the stage %s are told', (stage, problem) => {
    const problems = problemsOf(`name: s\nquestion: q\nstages: [${stage}]\n`);
    expect(problems).toContainEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  });

  it('are told of steps that miss their end, and of stages that would vanish', () => {
    expect(problemsOf('name: s\nquestion: q\nsteps: { from: 100, to: 500, by: 300, every: 1s }\n')).toEqual([
      'my.yaml:3:8: steps: expected steps that end at "to", but 100/s to 500/s is no multiple of 300/s',
    ]);
    expect(problemsOf(STAGED, { duration: '1us' })).toEqual([
      '--duration 1us: expected at least 1 µs for each of 2 stages, got 1 µs in all',
    ]);
  });
});

describe('whom messages go to, and how they are sent', () => {
  it('is part of the protocol, which stays as it is by default', () => {
    expect(parse(`${SMALLEST}deliver: room\nsend: websocket\n`).protocol).toBe('reference');
    expect(parse(`${SMALLEST}deliver: group\n`).protocol).toEqual({
      kind: 'reference',
      deliver: 'group',
      send: 'websocket',
    });
    expect(parse(SMALLEST, { send: 'http' }).protocol).toEqual({ kind: 'reference', deliver: 'room', send: 'http' });
  });

  it('is everyone in one room, over HTTP, where nothing else is said', () => {
    const { protocol, population } = parse(`${SMALLEST}deliver: everyone\nclients: 30\n`);
    expect(protocol).toEqual({ kind: 'reference', deliver: 'everyone', send: 'http' });
    expect(population.roomClasses).toEqual([{ size: 30, count: 1 }]);
  });

  it.each([
    ['deliver: grop', /^my.yaml:4:10: deliver: expected room, .* or presence, got "grop", did you mean "group"\?$/],
    ['send: post', 'my.yaml:4:7: send: expected websocket or http, got "post"'],
    [
      'deliver: direct\nrooms: { size: 5 }',
      'my.yaml:4:1: deliver: expected rooms of 2 with direct: sender and recipient',
    ],
    ['deliver: group\nrooms: { size: 1 }', /^my.yaml:5:16: rooms.size: expected rooms of 2 or more/],
    [
      'deliver: everyone\nrooms: { size: 5 }',
      /^my.yaml:4:1: deliver: expected one room with everyone, of all 50 clients/,
    ],
    ['deliver: everyone\nsend: websocket', /^my.yaml:5:7: send: expected send: http with deliver: everyone/],
    ['deliver: presence\nsend: http', /^my.yaml:5:7: send: expected send: websocket with deliver: presence/],
    ['deliver: presence\npayload: 300', /^my.yaml:4:1: deliver: expected a payload of at most 256 bytes with presence/],
    ['deliver: presence\nclients: 1000\nrooms: { size: 1000 }', /^my.yaml:4:1: deliver: expected rooms of at most 900/],
    [
      'deliver: group\nprotocol: echo\nrooms: { size: 1 }\ntarget: ws://a/',
      'my.yaml:4:10: deliver: expected no "deliver" with another protocol than reference',
    ],
    ['deliver: direct\nsweep: { room-size: [2, 4] }', /^my.yaml:4:1: deliver: expected no room-size that varies/],
  ])('%j is refused', (lines, problem) => {
    expect(problemsOf(`${SMALLEST}${lines}\n`)).toEqual([
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    ]);
  });
});

describe('a text that is not what it should be', () => {
  it('has every syntax problem told with its place, those of flags besides', () => {
    const problems = problemsOf('name: "small\nquestion: q\nrate: [1\n', { rate: 'abc' });
    expect(problems.slice(0, -1).every((line) => /^my\.yaml:\d+:\d+: invalid YAML: /.test(line))).toBe(true);
    expect(problems.at(-1)).toBe('--rate abc: expected a rate such as 1200 or 1200/s');
  });

  it.each([
    ['', 'my.yaml:1:1: expected a mapping with name, question and a load'],
    ['- a', 'my.yaml:1:1: expected a mapping with name, question and a load'],
    ['a: 1\na: 2\n', 'my.yaml:2:1: invalid YAML: map keys must be unique'],
    ['a: 1\n---\nb: 2\n', 'my.yaml:2:1: invalid YAML: expected one document, got several'],
    ['a: !!js/function x', /^my.yaml:1:4: invalid YAML: unresolved tag/],
    ['a: 1\nb: [1,\n', /^my.yaml:\d:\d+: invalid YAML: /],
  ])('%j is refused', (text, problem) => {
    expect(problemsOf(text)).toContainEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  });

  it('cannot make a small file grow without bound', () => {
    const layers = ['a0: &a0 [x]', ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)];
    expect(problemsOf(layers.join('\n'))).toEqual([
      expect.stringMatching(/^my.yaml:1:1: invalid YAML: excessive alias/),
    ]);
  });

  it('cannot reach the prototype of anything', () => {
    const problems = problemsOf(
      `${SMALLEST}__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\nrooms: { size: 2, __proto__: { polluted: 1 } }\n`,
    );
    expect(problems).toEqual([
      expect.stringMatching(/^my.yaml:4:1: unknown key "__proto__"/),
      expect.stringMatching(/^my.yaml:5:1: unknown key "constructor"/),
      expect.stringMatching(/^my.yaml:6:19: unknown key "__proto__"/),
    ]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('faults', () => {
  const FAULTS = `${SMALLEST}target: { kind: local, gateways: 2, workers: 2 }\nfaults:\n`;

  it('come in order of time, each with what it needs', () => {
    const text = `${FAULTS}  - { at: 20s, pause: gateway-2, for: 5s }
  - { at: 10s, kill: worker-1 }
  - { at: 25s, delay: 100ms, on: gateway-1, for: 2s }
  - { at: 26s, disconnect: clients, share: 20%, for: 1s }
  - { at: 27s, disconnect: amqp }
`;
    const none = { forUs: null, share: null, delayUs: null };
    expect(parse(text).faults).toEqual([
      { ...none, atUs: 10_000_000, action: 'kill', on: 'worker-1' },
      { ...none, atUs: 20_000_000, action: 'pause', on: 'gateway-2', forUs: 5_000_000 },
      { ...none, atUs: 25_000_000, action: 'delay', on: 'gateway-1', forUs: 2_000_000, delayUs: 100_000 },
      { ...none, atUs: 26_000_000, action: 'disconnect', on: 'clients', forUs: 1_000_000, share: 0.2 },
      { ...none, atUs: 27_000_000, action: 'disconnect', on: 'amqp' },
    ]);
  });

  it.each([
    ['{ at: 1s }', 'expected one of kill, restart, pause, disconnect, delay, stall'],
    ['{ at: 1s, kill: worker-1, restart: redis }', 'expected one of kill'],
    ['{ at: 1s, kill: worker-3 }', 'expected worker-1 to worker-2, got worker-3'],
    ['{ at: 1s, kill: gateway-0 }', 'expected gateway-1 to gateway-2, got gateway-0'],
    ['{ at: 1s, kill: amqp }', 'expected a component such as worker-1'],
    ['{ at: 1s, kill: redis-pubsub }', 'expected a component such as worker-1'],
    ['{ at: 1s, disconnect: worker-1 }', 'expected disconnect of redis-pubsub, redis, postgres, amqp or clients'],
    ['{ at: 1s, kill: kafka }', 'expected a component such as worker-1'],
    ['{ at: 30s, kill: redis }', 'expected a time within measure, which is 30 s long'],
    ['{ at: 1s, pause: redis }', 'expected "for" with pause'],
    ['{ at: 1s, kill: redis, for: 1s }', 'expected no "for" with kill'],
    ['{ at: 1s, kill: clients, for: 1s }', 'expected disconnect or stall for clients'],
    ['{ at: 1s, delay: 5ms, for: 1s }', 'expected "on" with a delay'],
    ['{ at: 1s, kill: redis, share: 5% }', 'expected a share with clients only'],
  ])('%s is refused: %s', (fault, reason) => {
    const problems = problemsOf(`${FAULTS}  - ${fault}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(reason);
    expect(problems[0]).toContain('my.yaml:6:5');
  });

  it('other than of clients need a target that can be broken', () => {
    const text = `${SMALLEST}target: ws://127.0.0.1:1/\nfaults: [{ at: 1s, kill: redis }, { at: 1s, stall: clients, for: 1s }]\n`;
    expect(problemsOf(text)).toEqual([
      'my.yaml:5:10: faults[0]: expected faults of clients only with a server at an address, got redis',
    ]);
  });

  const EMBEDDED =
    'expected kill or restart of a gateway or worker, or the delay of a gateway, with target embedded, got';
  const IMPOSSIBLE: readonly [string, string, string][] = [
    ['kind: embedded', 'pause: gateway-1, for: 1s', `${EMBEDDED} pause of gateway-1: use --target local`],
    ['kind: embedded', 'disconnect: redis-pubsub', `${EMBEDDED} disconnect of redis-pubsub: use --target local`],
    ['kind: embedded', 'restart: rabbitmq', `${EMBEDDED} restart of rabbitmq: use --target local`],
    [
      'kind: local',
      'delay: 5ms, on: redis, for: 1s',
      'expected the delay of a gateway, such as gateway-1, got delay of redis',
    ],
    [
      'kind: local',
      'delay: 5ms, on: worker-1, for: 1s',
      'expected the delay of a gateway, such as gateway-1, got delay',
    ],
    [
      'balance: ip-hash',
      'delay: 5ms, on: gateway-1, for: 1s',
      'expected balance none with the delay of a gateway: behind',
    ],
    [
      'kind: auto',
      'kill: nginx',
      'expected a balance such as round-robin with a fault of nginx: with none there is no',
    ],
  ];
  it.each(IMPOSSIBLE)('that a target cannot have are refused: %s with { %s }', (target, fault, reason) => {
    const problems = problemsOf(`${SMALLEST}target: { ${target} }\nfaults: [{ at: 1s, ${fault} }]\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`my.yaml:5:10: faults[0]: ${reason}`);
  });

  it.each([
    ['kind: embedded', 'kill: gateway-1'],
    ['kind: embedded', 'delay: 5ms, on: gateway-1, for: 1s'],
    ['kind: embedded', 'disconnect: clients, for: 1s'],
    ['kind: compose', 'pause: rabbitmq, for: 1s'],
    ['kind: compose', 'disconnect: amqp'],
    ['kind: compose', 'delay: 5ms, on: gateway-1, for: 1s'],
    ['balance: ip-hash', 'kill: nginx'],
    ['kind: auto', 'disconnect: amqp'],
  ])('that a target can have are not: %s with { %s }', (target, fault) => {
    expect(parse(`${SMALLEST}target: { ${target} }\nfaults: [{ at: 1s, ${fault} }]\n`).faults).toHaveLength(1);
  });

  it('are checked against what auto is on this machine, with a look at the quick version', () => {
    const text = `${SMALLEST}faults: [{ at: 1s, pause: redis, for: 1s }]\nquick:\n  faults: [{ at: 1s, kill: worker-1 }]\n`;
    const options = { file: 'my.yaml', checkThreshold: () => null };
    expect(parseScenario(text, { ...options, resolveAuto: () => 'local' }).faults).toHaveLength(1);
    let error: unknown;
    try {
      parseScenario(text, { ...options, resolveAuto: () => 'embedded' });
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({
      message: expect.stringContaining(
        'embedded (what auto is on this machine), got pause of redis: use --target local',
      ),
      hint: 'its quick version has none of this: --quick runs it',
    });
    expect(
      parseScenario(text, { ...options, resolveAuto: () => 'embedded', overrides: { quick: true } }),
    ).toBeDefined();
  });
});

describe('an experiment', () => {
  it('searches, replays or sweeps', () => {
    expect(parse(SMALLEST).experiment).toBeNull();
    const search = { varied: 'rate', from: 100, to: 50_000, precision: 0.1 };
    expect(parse(`${SMALLEST}search: { rate: 100/s → 50000/s }\n`).experiment).toEqual({ kind: 'capacity', search });
    expect(parse(`${SMALLEST}search: { rate: 100/s -> 50000/s }\nreplay: [10%, 105%]\n`).experiment).toEqual({
      kind: 'curve',
      search,
      shares: [0.1, 1.05],
    });
    expect(parse(`${SMALLEST}sweep: { room-size: [2, 50] }\n`).experiment).toEqual({
      kind: 'sweep',
      varied: 'room-size',
      values: [2, 50],
    });
  });

  it.each([
    ['search: { rate: 100/s → 50/s }', 'expected two rates such as 100/s → 50000/s'],
    ['search: { clients: 2 → 50, rate: 1/s → 2/s }', 'expected exactly one of rate, clients, room-size, got 2'],
    ['search: { precision: 5% }', 'expected exactly one of rate, clients, room-size, got 0'],
    ['replay: [10%, 20%]', 'expected a search whose result is replayed'],
    ['replay: [10%, 300%]', 'expected a share from above 0% to 200%'],
    ['sweep: { rate: [] }', 'expected a list of rates'],
    ['search: { rate: 1/s → 2/s }\nsweep: { rate: [1/s] }', 'expected either a search or a sweep'],
  ])('%s is refused: %s', (keys, reason) => {
    expect(problemsOf(`${SMALLEST}${keys}\n`).join('\n')).toContain(reason);
  });
});

describe('--quick', () => {
  const WITH_QUICK = `${SMALLEST}clients: 1000\nfaults: [{ at: 20s, kill: worker-1 }]\nquick:\n  clients: 10\n  rate: 50/s\n  duration: 2s\n  faults: [{ at: 1s, kill: worker-1 }]\n`;

  it('puts the keys of the section in the place of those of the same name, below the flags', () => {
    const full = parse(WITH_QUICK);
    expect(full.population.clients).toBe(1000);
    const quick = parse(WITH_QUICK, { quick: true });
    expect(quick.population.clients).toBe(10);
    expect(quick.load.stages).toEqual([{ fromPerSecond: 50, toPerSecond: 50, durationUs: 2_000_000 }]);
    expect(quick.faults[0]?.atUs).toBe(1_000_000);
    expect(parse(WITH_QUICK, { quick: true, rate: '7' }).load.stages[0]?.fromPerSecond).toBe(7);
  });

  it('is a short measure where there is no section', () => {
    expect(parse(STAGED, { quick: true }).phases).toMatchObject({ warmupUs: 500_000, measureUs: 3_000_000 });
    expect(parse(STAGED, { quick: true, duration: '9s' }).phases.measureUs).toBe(9_000_000);
  });

  it('has its mistakes told at their places, needed or not', () => {
    const problems = [
      'my.yaml:5:12: clients: expected a whole number such as 50, got "none"',
      'my.yaml:6:3: unknown key "spede"',
    ];
    const text = `${SMALLEST}quick:\n  clients: none\n  spede: 3\n`;
    for (const quick of [false, true]) {
      const found = problemsOf(text, { quick });
      expect(found).toHaveLength(2);
      expect(found[0]).toBe(problems[0]);
      expect(found[1]).toContain(problems[1]);
    }
    expect(problemsOf(`${SMALLEST}quick: yes\n`)[0]).toContain('quick: expected a mapping of other keys of a scenario');
  });
});
