import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { launchTarget } from '../launch/launch-target.ts';
import type { RunningTarget } from '../launch/running-target.ts';
import { encodeJoin } from './wire/client-frame.ts';
import { kindOfServerFrame, parseServerFrame } from './wire/server-frame.ts';

/** A tenth of those who have to be there in that time on a machine that has nothing else to do. */
const USERS = 500;
const ROOMS_EACH = 20;
/** Of which each is in some. */
const ROOMS = 1_000;

/** Who connects at a time, before the storm. */
const AT_A_TIME = 100;

const WITHIN_MS = 5_000;

let target: RunningTarget;

beforeAll(async () => {
  target = await launchTarget({ kind: 'local', topology: 'worker', gateways: 2, workers: 1 }, { attach: false });
});

afterAll(() => target?.stop());

interface Member {
  readonly webSocket: WebSocket;
  /** Settles with the id of the session. */
  readonly session: Promise<string>;
  /** Settles when so many rooms were joined, or are synchronised. */
  readonly rooms: Promise<void>;
}

function connect(user: number, gateway: number, session: string): Member {
  const endpoint = target.endpoints[gateway % target.endpoints.length]!;
  const address = `${endpoint}?user=u${user}&device=d&session=${session}`;
  const webSocket = new WebSocket(address, { perMessageDeflate: false });
  const [opened, rooms] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  let there = 0;
  webSocket.on('error', rooms.reject);
  webSocket.on('message', (frame: Buffer) => {
    const kind = kindOfServerFrame(frame);
    if (kind === 'session') {
      const told = parseServerFrame(frame.toString()) as { readonly id: string };
      opened.resolve(told.id);
    } else if ((kind === 'joined' || kind === 'synced') && ++there === ROOMS_EACH) rooms.resolve();
  });
  return { webSocket, session: opened.promise, rooms: rooms.promise };
}

/** With a session, in all of their rooms. Yields their sessions. */
async function settleIn(users: readonly number[]): Promise<readonly string[]> {
  const members = users.map((user) => ({ user, ...connect(user, user, '') }));
  return Promise.all(
    members.map(async ({ user, webSocket, session, rooms }) => {
      const id = await session;
      for (let n = 0; n < ROOMS_EACH; n++) webSocket.send(encodeJoin(`storm-${(user * 7 + n * 51) % ROOMS}`));
      await rooms;
      webSocket.terminate();
      return id;
    }),
  );
}

test('a storm of users who all come back at once is in its rooms again soon', async () => {
  const sessions: string[] = [];
  for (let first = 0; first < USERS; first += AT_A_TIME) {
    sessions.push(...(await settleIn(Array.from({ length: AT_A_TIME }, (_, n) => first + n))));
  }
  const beganAt = performance.now();
  // To the other gateway than before.
  const members = sessions.map((session, user) => connect(user, user + 1, session));
  await Promise.all(members.map(({ rooms }) => rooms));
  const tookMs = performance.now() - beganAt;
  expect(await Promise.all(members.map(({ session }) => session))).toEqual(sessions);
  expect(tookMs, `${USERS} users with ${ROOMS_EACH} rooms each`).toBeLessThan(WITHIN_MS);
  for (const { webSocket } of members) webSocket.terminate();
  await Promise.all(members.map(({ webSocket }) => once(webSocket, 'close')));
});
