import { expect, it } from 'vitest';
import { echoProtocol } from '../../protocol/adapters/echo.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import type { Connection, ConnectionListener, Connector } from '../connection.ts';
import { openClient } from './open-client.ts';
import { VirtualClient } from './virtual-client.ts';

const MS = 1_000;
const IDENTITY = { client: 0, user: 'u0', room: 0, roomName: 'r0', endpoint: 'ws://virtual' } as never;

/** A server that opens after 20 ms, of which so many were the generator's own, and lets a client into its room 300 ms later. */
function slowToJoin(clock: VirtualClock, heldUs?: number): Connector {
  return {
    async connect(_opening, _timeoutUs, listener: ConnectionListener) {
      await new Promise<void>((resolve) => clock.after(20 * MS, resolve));
      clock.after(300 * MS, () => listener.onFrame(Buffer.from('welcome')));
      const connection = { isOpen: true, sendText() {}, close() {} } as unknown as Connection;
      return { outcome: 'ok', connection, ...(heldUs === undefined ? {} : { heldUs }) };
    },
  };
}

it.each([
  [undefined, 20],
  [15 * MS, 5],
])(
  'a connect is over when the WebSocket is open: neither the way into the room nor what it was held up here is part of it',
  async (heldUs, connectMs) => {
    const clock = new VirtualClock();
    const protocol = {
      ...echoProtocol,
      open: () => ({
        url: 'ws://virtual',
        subprotocols: [],
        headers: {},
        frames: ['join'],
        readyFrames: 1,
        isReady: () => true,
      }),
    };
    const connects: number[] = [];
    const client = new VirtualClient(IDENTITY);
    const opening = {
      protocol,
      connector: slowToJoin(clock, heldUs),
      clock,
      timeoutUs: 1_000 * MS,
      onFrame() {},
      onDropped() {},
    };
    const outcome = await clock.runUntil(openClient(client, opening, (connectUs) => connects.push(connectUs)));
    expect(outcome.outcome).toBe('ok');
    expect(connects).toEqual([connectMs * MS]);
    expect(clock.nowUs()).toBeGreaterThanOrEqual(320 * MS);
  },
);
