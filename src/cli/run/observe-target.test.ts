import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { monotonicUs } from '../../clock.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import { observeTarget } from './observe-target.ts';

let server: Server;
let target: RunningTarget;

beforeEach(async () => {
  server = createServer((_, response) => response.end('{"ready":3,"inFlight":1,"connections":0,"rooms":2}'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stats = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  target = {
    description: { kind: 'embedded', topology: 'worker', queueType: null, gateways: 1, workers: 1, components: [] },
    endpoints: [],
    gatewayStats: [stats],
    processes: [{ name: 'cluster', pid: process.pid }],
    queue: { kind: 'in-process', stats },
    failure: new Promise(() => {}),
    faults: null,
    stop: async () => {},
  };
});

const PHASES = { warmupUs: 0, measureUs: 60_000_000, drainTimeoutUs: 0 };

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

it("samples queue, gateways and processes on the run's clock, and looks once more at the end", async () => {
  const observer = await observeTarget(target, PHASES);
  observer.addProcess({ name: 'generator-1', pid: process.pid });
  const startAtUs = monotonicUs();
  observer.begin(startAtUs);
  const { queue, gateways, processes } = await observer.stop();
  expect(queue).toMatchObject({ source: 'in-process', gaps: 0 });
  expect(queue?.ready.at(-1)).toBe(3);
  expect(queue?.atUs.at(-1)).toBeLessThan(monotonicUs() - startAtUs);
  expect(gateways).toMatchObject({ roomsLeft: 2 });
  expect(processes?.map(({ name }) => name)).toEqual(['cluster', 'generator-1']);
});

it('has seen nothing of a run that did not begin', async () => {
  const observer = await observeTarget(target, PHASES);
  expect(observer.latestQueue()).toBeNull();
  expect(await observer.stop()).toEqual({
    queue: null,
    gateways: null,
    processes: null,
    host: { stealRatio: null, foreignRatio: null, series: null },
  });
});

it('holds nothing open once it is stopped, however often it is', async () => {
  const observer = await observeTarget(target, PHASES);
  observer.begin(monotonicUs());
  expect(await observer.stop()).toBe(await observer.stop());
  await expect.poll(() => countOpen(server)).toBe(0);
});

function countOpen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
