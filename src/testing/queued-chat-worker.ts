import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import pg from 'pg';

/** What a worker of a queued chat does, in JSON as its only argument. */
export interface QueuedWork {
  /** Of its broker: amqp:// or redis://, whose queues are lists. */
  readonly brokerUrl: string;
  readonly queue: string;
  /** A message. */
  readonly workMs: number;
  /** The database that does the work; null: the worker's own CPU. */
  readonly postgresUrl: string | null;
  /** Stands still for so long, every so often; null: never. */
  readonly stall: { readonly everyMs: number; readonly forMs: number } | null;
}

interface WorkQueue {
  /** One after the other, each gone from the queue when it is done. */
  forEach(work: (message: Buffer) => Promise<void>): Promise<void>;
  handOn(message: Buffer): Promise<unknown>;
}

/**
 * The worker of a chat of the usual shape: takes one message after the other out of its queue, works on each for so long, on the
 * CPU or in the database, and hands it on. Of its own process, so that what it uses can be seen. Writes a line when it is up, and ten
 * times a second when it is (ms since 1970) and how many messages it is done with.
 */
const { brokerUrl, queue, workMs, postgresUrl, stall } = JSON.parse(process.argv[2] ?? '{}') as QueuedWork;
const client = postgresUrl === null ? null : new pg.Client({ connectionString: postgresUrl });
await client?.connect();
const source = brokerUrl.startsWith('redis:') ? openLists() : await openQueues();
let done = 0;
process.stdout.write('up\n');
setInterval(() => process.stdout.write(`${Date.now()} ${done}\n`), 100);
if (stall !== null)
  setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stall.forMs), stall.everyMs);

await source.forEach(async (message) => {
  if (client === null) spin(workMs);
  else await client.query('select pg_sleep($1)', [workMs / 1000]);
  await source.handOn(message);
  done++;
});

async function openQueues(): Promise<WorkQueue> {
  const channel = await (await connect(brokerUrl)).createChannel();
  await channel.assertQueue(queue, { durable: false });
  await channel.prefetch(10);
  let last = Promise.resolve();
  return {
    async forEach(work) {
      await channel.consume(queue, (message) => {
        if (message === null) return;
        last = last.then(async () => {
          await work(message.content);
          channel.ack(message);
          // So that what was written leaves before the next is worked on.
          await new Promise(setImmediate);
        });
      });
    },
    handOn: async (message) => channel.sendToQueue(`${queue}-done`, message),
  };
}

function openLists(): WorkQueue {
  const [taking, giving] = [new Redis(brokerUrl), new Redis(brokerUrl)];
  return {
    async forEach(work) {
      for (;;) {
        const taken = await taking.brpopBuffer(queue, 0);
        if (taken === null) await wait(10);
        else await work(taken[1]);
      }
    },
    handOn: (message) => giving.publish(`${queue}-done`, message),
  };
}

function spin(forMs: number): void {
  const { user, system } = process.cpuUsage();
  for (let usedUs = 0; usedUs < forMs * 1000; ) {
    const now = process.cpuUsage();
    usedUs = now.user + now.system - user - system;
  }
}
