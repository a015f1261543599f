import { startEchoServer } from '../testing/echo-server.ts';
import type { Measurement } from './measurement.ts';
import { runEcho } from './run-echo.ts';

const CONNECTIONS = 10_000;

/** How fast connections open, and what each of them costs the generator in memory. */
export async function measureConnections(): Promise<readonly Measurement[]> {
  const server = await startEchoServer(2);
  try {
    const few = await runEcho(server.url, { perSecond: 100, seconds: 2, clients: 100, shards: 1 });
    const many = await runEcho(server.url, { perSecond: 100, seconds: 2, clients: CONNECTIONS, shards: 1 });
    const { opened, openingUs } = many.samples.connections;
    const bytes = many.samples.health[0]!.memoryBytes - few.samples.health[0]!.memoryBytes;
    return [
      {
        name: 'connects per second',
        value: (opened * 1e6) / openingUs,
        unit: '/s',
        note: `${opened} of ${CONNECTIONS} opened, one generator process, two server processes`,
      },
      {
        name: 'memory per connection',
        value: bytes / (opened - 100) / 1000,
        unit: 'KB',
        note: `resident memory with ${CONNECTIONS} connections against 100`,
      },
    ];
  } finally {
    server.stop();
  }
}
