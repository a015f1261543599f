import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPortRange } from '../../../launch/machine/find-port-range.ts';
import { IN_SEVERAL_ROOMS, measurePreset } from '../../../testing/measure-preset.ts';
import { startGraphqlWs, startSocketIo } from '../../../testing/npm-chats.ts';
import { type RunningProgram, startProgram } from '../../../testing/programs.ts';
import {
  startActionCable,
  startCentrifugo,
  startPhoenix,
  startPusher,
  startSignalr,
} from '../../../testing/shaped-chats.ts';

/** Users of a file, each in three rooms over one connection. */
async function measure(preset: string, target: string, change = (text: string) => text): Promise<void> {
  const { connections } = await measurePreset(preset, target, {
    ...IN_SEVERAL_ROOMS,
    change: (text) => IN_SEVERAL_ROOMS.change!(change(text)),
  });
  expect(connections).toMatchObject({ attempted: 20, opened: 20, failed: 0 });
}

describe('each message comes once to each member of its room, in three of which everybody is, with', () => {
  it.each([
    ['socket.io', () => startSocketIo()],
    ['graphql-ws', startGraphqlWs],
    ['action-cable', startActionCable],
    ['phoenix', startPhoenix],
    ['signalr', startSignalr],
    ['centrifugo', startCentrifugo],
    ['pusher', startPusher],
  ])('%s', async (preset, start) => {
    const chat = await start();
    try {
      await measure(preset, `ws://${chat.host}`);
    } finally {
      await chat.stop();
    }
  });

  describe('mosquitto', () => {
    let mosquitto: RunningProgram;
    let tcp: number;

    beforeAll(async () => {
      tcp = await findPortRange(2);
      mosquitto = await startProgram('mosquitto', () => ['-c', 'mosquitto.conf'], [tcp, tcp + 1], {
        'mosquitto.conf': [
          `listener ${tcp} 127.0.0.1`,
          `listener ${tcp + 1} 127.0.0.1`,
          'protocol websockets',
          'allow_anonymous true',
          'max_queued_messages 0',
        ].join('\n'),
      });
    });
    afterAll(() => mosquitto?.stop());

    it('over a WebSocket', () => measure('mqtt', `ws://127.0.0.1:${tcp + 1}`));
    it('over TCP', () => measure('mqtt', `mqtt://127.0.0.1:${tcp}`));
  });

  it('nats-server', async () => {
    const port = await findPortRange(2);
    const configuration = `
host: 127.0.0.1, port: ${port}
websocket { host: 127.0.0.1, port: ${port + 1}, no_tls: true }
`;
    const server = await startProgram('nats-server', () => ['-c', 'nats.conf'], [port, port + 1], {
      'nats.conf': configuration,
    });
    try {
      await measure('nats', `ws://127.0.0.1:${port + 1}`);
    } finally {
      await server.stop();
    }
  });
});
