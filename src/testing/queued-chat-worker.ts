import { connect } from 'amqplib';
import pg from 'pg';

/**
 * The worker of a chat of the usual shape: takes one message after the other out of its queue, works on each for so long, on the
 * CPU or in the database, and hands it on. Of its own process, so that what it uses can be seen.
 *
 * Arguments: address of the broker, queue, ms a message, and the address of the database where that does the work.
 */
const [url = '', queue = '', ms = '5', database] = process.argv.slice(2);
const connection = await connect(url);
const channel = await connection.createChannel();
await channel.assertQueue(queue, { durable: false });
await channel.prefetch(10);
const client = database === undefined ? null : new pg.Client({ connectionString: database });
await client?.connect();
let last = Promise.resolve();

await channel.consume(queue, (message) => {
  if (message === null) return;
  last = last.then(async () => {
    if (client === null) spin(Number(ms));
    else await client.query('select pg_sleep($1)', [Number(ms) / 1000]);
    channel.sendToQueue(`${queue}-done`, message.content);
    channel.ack(message);
    // So that what was written leaves before the next is worked on.
    await new Promise(setImmediate);
  });
});
process.stdout.write('up\n');

function spin(forMs: number): void {
  const { user, system } = process.cpuUsage();
  for (let usedUs = 0; usedUs < forMs * 1000; ) {
    const now = process.cpuUsage();
    usedUs = now.user + now.system - user - system;
  }
}
