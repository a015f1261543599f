import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followRuns, type RunFollowers } from './follow-runs.ts';

/** A disk that answers when it is told to. */
function slowLister() {
  const waiting: ((runs: readonly never[]) => void)[] = [];
  let calls = 0;
  return {
    list: () => {
      calls++;
      return new Promise<readonly never[]>((resolve) => waiting.push(resolve));
    },
    calls: () => calls,
    waiting: () => waiting.length,
    answer: () => {
      for (const resolve of waiting.splice(0)) resolve([]);
    },
  };
}

let lister: ReturnType<typeof slowLister>;
let followers: RunFollowers;
let server: Server;

beforeEach(async () => {
  lister = slowLister();
  followers = followRuns(lister, 1);
  server = createServer((_request, response) => void followers.add(response, {})).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  followers.close();
  server.closeAllConnections();
  server.close();
});

function follow() {
  const request = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  request.on('error', () => {});
  request.on('response', (response) => response.resume().on('error', () => {}));
  return request;
}

describe('followers of the list', () => {
  it('who leave before they were told anything are forgotten, and nobody looks on for them', async () => {
    const request = follow();
    await expect.poll(lister.waiting).toBe(1);
    expect(followers.count()).toBe(1);
    request.destroy();
    await expect.poll(followers.count).toBe(0);
    lister.answer();
    // Another one comes and is looked for: had the first left a timer behind, two looks would be under way.
    follow();
    await expect.poll(lister.waiting).toBe(1);
    expect(lister.calls()).toBe(2);
    expect(followers.count()).toBe(1);
  });

  it('are looked for again only when the last look has ended', async () => {
    follow();
    await expect.poll(lister.waiting).toBe(1);
    lister.answer();
    await expect.poll(lister.calls).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lister.calls()).toBe(2);
    lister.answer();
    await expect.poll(lister.calls).toBe(3);
  });

  it('are looked for no more once the last has left', async () => {
    const request = follow();
    await expect.poll(lister.waiting).toBe(1);
    lister.answer();
    await expect.poll(lister.calls).toBe(2);
    request.destroy();
    await expect.poll(followers.count).toBe(0);
    lister.answer();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lister.calls()).toBe(2);
  });
});
