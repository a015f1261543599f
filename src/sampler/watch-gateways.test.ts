import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { skipWaits } from '../testing/skip-waits.ts';
import { watchGateways } from './watch-gateways.ts';

skipWaits(['setInterval', 'clearInterval']);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A gateway that tells what `gauges` says right then, and how often it was asked. */
async function openGateway(gauges: { connections: number; blocked?: 0 | 1; rooms?: number }) {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end(JSON.stringify(gauges));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const askedAgain = async () => {
    const before = asked;
    // The first answer may have been given before the gauges were changed.
    await expect.poll(() => asked).toBeGreaterThanOrEqual(before + 2);
  };
  return { stats: `http://127.0.0.1:${port}/stats`, gauges, askedAgain };
}

test('the watch tells when a broker holds a gateway back, and when it takes its messages again', async () => {
  const [first, second] = [await openGateway({ connections: 5 }), await openGateway({ connections: 7, blocked: 0 })];
  let nowUs = 0;
  const watch = watchGateways([first.stats, second.stats], 0, () => nowUs);
  await second.askedAgain();
  // A reading that began before the time went on tells the time of its beginning: it must be over when the gauge changes.
  for (const [atUs, blocked] of [
    [2_000_000, 1],
    [5_000_000, 0],
  ] as const) {
    nowUs = atUs;
    await second.askedAgain();
    second.gauges.blocked = blocked;
    await second.askedAgain();
  }
  const { events, connections, series } = await watch.stop();
  expect(events).toEqual([
    { atUs: 2_000_000, kind: 'blocked', text: 'gateway-2: the broker holds its publishers back' },
    { atUs: 5_000_000, kind: 'unblocked', text: 'gateway-2: the broker takes messages again' },
  ]);
  expect(connections).toEqual({ 'gateway-1': 5, 'gateway-2': 7 });
  expect(series?.atUs).toEqual([0, 2_000_000, 5_000_000]);
});

test('connections are those of the first reading in measure; a gateway that does not answer is unknown, and not unblocked', async () => {
  const gateway = await openGateway({ connections: 3, blocked: 1 });
  let nowUs = 0;
  const watch = watchGateways([gateway.stats], 1_000_000, () => nowUs);
  await gateway.askedAgain();
  gateway.gauges.connections = 9;
  await gateway.askedAgain();
  nowUs = 1_500_000;
  await gateway.askedAgain();
  gateway.gauges.connections = 1;
  await gateway.askedAgain();
  servers[0]!.close().closeAllConnections();
  nowUs = 3_000_000;
  const { events, connections, series } = await watch.stop();
  expect(connections).toEqual({ 'gateway-1': 9 });
  expect(events.map(({ kind }) => kind)).toEqual(['blocked']);
  expect(series?.gateways[0]?.connections.slice(0, 2)).toEqual([3, 9]);
});
