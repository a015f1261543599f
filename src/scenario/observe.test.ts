import { describe, expect, it } from 'vitest';
import { redact } from '../redact.ts';
import { parseScenario } from './parse-scenario.ts';

const START = 'name: mine\nquestion: Is it?\nrate: 10/s\n';

function parse(observe: string, overrides: { readonly queue?: string } = {}, environment = {}) {
  const text = `${START}${observe}`;
  return parseScenario(text, { file: 'mine.yaml', checkThreshold: () => null, overrides, environment }).observe;
}

function problemsOf(observe: string, overrides = {}): string {
  try {
    parse(observe, overrides);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('what a scenario observes', () => {
  it('is named, and each source has its own keys', () => {
    const observe = parse(`observe:
  queue: { amqp: 'amqp://guest:guest@127.0.0.1:5672', queues: [message_processing] }
  lag: { redis: 'redis://127.0.0.1:6379', length: 'chat:stream' }
  group: { redis: 'redis://127.0.0.1', pending: chat, group: workers, every: 2s }
  used: { redis: 'redis://127.0.0.1', info: used_memory }
  conns: { prometheus: 'http://127.0.0.1:9090/metrics', metric: websocket_connections, labels: { job: ws, n: 1 }, as: rate }
  rows: { postgres: 'postgres://127.0.0.1/chat', query: 'select count(*) from messages' }
  js: { nats: 'http://127.0.0.1:8222/jsz', stream: CHAT, consumer: workers }
  stats: { http-json: 'http://127.0.0.1/stats', value: a.b }
  cpu: { process: worker.py }
  pid: { process: 4711, every: 10s }
`);
    expect(observe?.map(({ name, everyUs, source }) => [name, everyUs / 1000, source.kind])).toEqual([
      ['queue', 100, 'amqp'],
      ['lag', 100, 'redis'],
      ['group', 2_000, 'redis'],
      ['used', 1_000, 'redis'],
      ['conns', 1_000, 'prometheus'],
      ['rows', 1_000, 'postgres'],
      ['js', 1_000, 'nats'],
      ['stats', 1_000, 'http-json'],
      ['cpu', 1_000, 'process'],
      ['pid', 10_000, 'process'],
    ]);
    expect(observe?.[2]?.source).toMatchObject({ what: 'pending', key: 'chat', group: 'workers' });
    expect(observe?.[4]?.source).toMatchObject({ labels: { job: 'ws', n: '1' }, as: 'rate' });
    expect(observe?.[9]?.source).toEqual({ kind: 'process', process: '4711' });
  });

  it('is nothing where it says nothing', () => {
    expect(parse('')).toBeUndefined();
  });

  it.each([
    ['observe: { lag: { } }', 'observe.lag: expected one of amqp, redis, prometheus'],
    ['observe: { lag: 3 }', 'observe.lag: expected { redis:'],
    ['observe: [lag]', 'observe: expected names, each with what to observe, got a list of 1'],
    ["observe: { lag: { redis: 'redis://h', length: a, query: b } }", 'expected beside redis only length, pending'],
    ["observe: { lag: { redis: 'redis://h' } }", 'expected one of length, pending and info beside redis'],
    ["observe: { lag: { redis: 'redis://h', pending: a } }", 'expected pending and group together'],
    ["observe: { lag: { redis: 'http://h', length: a } }", 'lag.redis: expected an address such as redis://'],
    ["observe: { lag: { amqp: 'amqp://h' } }", 'expected the queues beside amqp'],
    ["observe: { lag: { amqp: 'amqp://h', queues: [] } }", 'lag.queues: expected a list of queues'],
    ["observe: { a: { postgres: 'postgres://h/d' } }", 'expected a query beside postgres'],
    ["observe: { a: { nats: 'http://h/jsz', consumer: c } }", 'expected the stream of the consumer'],
    ["observe: { a: { http-json: 'http://h/x' } }", 'expected the path of a number'],
    ['observe: { a: { process: w, every: 50ms } }', 'a.every: expected 100ms to 10s'],
    ['observe: { a: { process: w, every: 11s } }', 'a.every: expected 100ms to 10s'],
    ['observe: { a.b: { process: w } }', 'expected a short name'],
    ['observe: { queue: { process: w } }', 'observe.queue: expected what counts messages'],
    ["observe: { a: { redsi: 'redis://h', length: a } }", 'unknown key "redsi", did you mean "redis"?'],
    [`observe: { a: { redis: '\${env:NOT_SET}', length: a } }`, 'expected the environment variable NOT_SET'],
  ])('%s is refused', (observe, problem) => {
    expect(problemsOf(observe)).toContain(problem);
  });

  it('shows no password of an address that it refuses', () => {
    expect(redact(problemsOf("observe: { a: { redis: 'http://u:hunter22@h', length: a } }"))).not.toContain('hunter22');
  });
});

describe('--queue', () => {
  it('is the run’s queue, in place of the one in the file', () => {
    const queue = 'amqp://guest:guest@127.0.0.1:5672/chat?queue=a&queue=b%2Fc&management=http://127.0.0.1:15672';
    const observe = parse("observe: { lag: { process: w }, queue: { redis: 'redis://h', length: a } }\n", { queue });
    expect(observe?.map(({ name }) => name)).toEqual(['queue', 'lag']);
    expect(observe?.[0]).toEqual({
      name: 'queue',
      everyUs: 100_000,
      source: {
        kind: 'amqp',
        url: 'amqp://guest:guest@127.0.0.1:5672/chat',
        queues: ['a', 'b/c'],
        management: 'http://127.0.0.1:15672',
        prometheus: null,
      },
    });
  });

  it.each([
    ['amqp://127.0.0.1', 'with the name of the queue'],
    ['amqp://127.0.0.1/?queue=', 'with the name of the queue'],
    ['redis://127.0.0.1/?queue=a', 'what else there is to observe is said by `observe:`'],
    ['message_processing', 'expected a queue such as amqp://'],
    ['amqp://h/?queue=a&management=h:15672', 'expected an address of the management API'],
  ])('%s is refused', (queue, problem) => {
    expect(problemsOf('', { queue })).toContain(problem);
  });
});

it.each([
  ['observed.lag.max < 3', ''],
  ['observed.cpu.memory.max < 1GB', ''],
  ['observed.queue.max < 3', 'nothing is observed as "queue", expected one of lag, cpu, cpu.busiest'],
  ['observed.cpu.memroy.max < 1GB', 'did you mean "cpu.memory"?'],
])('a threshold %s: %s', (threshold, problem) => {
  const found = problemsOf(
    `observe: { lag: { redis: 'redis://h', length: a }, cpu: { process: w } }\nthresholds: ['${threshold}']\n`,
  );
  expect(found === '' ? '' : found.includes(problem) && problem !== '').toBe(problem === '' ? '' : true);
});
