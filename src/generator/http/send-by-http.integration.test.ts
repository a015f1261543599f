import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import type { SendTemplate } from '../../protocol/chat-protocol.ts';
import { percentileOf } from '../../record/percentile-of.ts';
import { PostRecorder } from '../../record/post-recorder.ts';
import { Recorder } from '../../record/recorder.ts';
import type { Connection, Connector } from '../connection.ts';
import { createHostGuard } from '../hosts/host-guard.ts';
import { openHttpSending } from './send-by-http.ts';

const SECOND = 1_000_000;

/** Requests that the server has got and not answered yet, in order. */
let unanswered: ServerResponse[];
let server: Server;
let url: string;

beforeEach(async () => {
  unanswered = [];
  server = createServer((_request, response) => unanswered.push(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Four messages due at 0, of a room of two, and what a slow server makes of them; the clock is what the test says. */
async function sendFour(connections: number, to = url) {
  const clock = { nowUs: 0 };
  const rooms = { largestRoom: 2, sizeOf: () => 2, firstSeatOf: () => 0, roomOf: () => 0 };
  const recorder = new Recorder({ rooms, senderReceives: false, expectsAck: true }, 5 * SECOND, () => {}, [], null, {
    posts: new PostRecorder(),
  });
  const sending = openHttpSending(
    idleConnector,
    { deliveryTimeoutUs: 60 * SECOND, hosts: createHostGuard(PRIVATE_ONLY) },
    recorder,
    () => clock.nowUs,
  );
  const opened = await sending.connector.connect(
    { url: '', subprotocols: [], headers: {}, frames: [], readyFrames: 0 },
    SECOND,
    { onFrame() {}, onClose() {} },
  );
  if (opened.outcome !== 'ok') throw new Error(opened.detail);
  const request = { method: 'POST', url: to, headers: {}, connections };
  const template: SendTemplate = { frame: Buffer.from('hello'), markerOffsets: [], request };
  const sequences = [0, 1, 2, 3].map(() => recorder.offer(0, 0, 0, clock.nowUs, true));
  opened.connection.sendMessages([template], 0, sequences, [0, 0, 0, 0], (written) => {
    for (const sequence of written) recorder.wrote(sequence, clock.nowUs);
  });
  return {
    recorder,
    sending,
    /** The server answers the oldest request at this time; waits until it has got `next` others. */
    async answer(atUs: number, next: number) {
      clock.nowUs = atUs;
      unanswered.shift()!.end();
      await vi.waitUntil(() => unanswered.length === next, { timeout: 60_000 });
    },
  };
}

const idleConnector: Connector = {
  async connect() {
    const connection = { isOpen: true, bufferedBytes: 0, close() {} };
    return { outcome: 'ok', connection: connection as unknown as Connection };
  },
};

it('a message that waits for a connection is sent when it gets one, and late by what it waited', async () => {
  const { recorder, sending, answer } = await sendFour(1);
  await vi.waitUntil(() => unanswered.length === 1, { timeout: 60_000 });
  await answer(SECOND, 1);
  await answer(3 * SECOND, 1);
  const { histograms, posts, ledger } = recorder.finish(3 * SECOND);
  await sending.close();
  // Three went out, at 0, 1 s and 3 s; the fourth never did.
  expect([1, 50, 100].map((percentile) => percentileOf(histograms.lateness, percentile) / SECOND)).toEqual([
    0,
    expect.closeTo(1, 2),
    expect.closeTo(3, 1),
  ]);
  // Each from its own request to its answer: 1 s and 2 s.
  expect(percentileOf(posts!.latency, 100) / SECOND).toBeCloseTo(2, 1);
  expect(ledger).toMatchObject({ planned: 4, sent: 3, skipped: 1, acked: 2, expected: 3 });
});

it('messages that find a free connection each go out at once, however long the server takes', async () => {
  const { recorder, sending, answer } = await sendFour(4);
  await vi.waitUntil(() => unanswered.length === 4, { timeout: 60_000 });
  await answer(9 * SECOND, 3);
  const { histograms, ledger } = recorder.finish(9 * SECOND);
  await sending.close();
  expect(histograms.lateness.maxUs).toBe(0);
  expect(ledger).toMatchObject({ planned: 4, sent: 4, skipped: 0 });
});

it('messages to a host that may not be loaded are refused, for a reason that is counted', async () => {
  const { recorder, sending } = await sendFour(4, 'http://[2001:db8::1]:9/');
  const refused = () => recorder.auditSoFar(0).measure.rejected === 4;
  await vi.waitUntil(refused, { timeout: 60_000 });
  const { refusals } = recorder.finish(SECOND);
  await sending.close();
  expect(refusals).toEqual([{ code: '2001:db8::1 is neither this machine nor in a private network', count: 4 }]);
});
