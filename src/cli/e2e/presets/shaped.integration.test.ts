import { describe, expect, it } from 'vitest';
import { measurePreset } from '../../../testing/measure-preset.ts';
import {
  startActionCable,
  startCentrifugo,
  startPhoenix,
  startPusher,
  startSignalr,
} from '../../../testing/shaped-chats.ts';

describe('a server in the shape of', () => {
  it.concurrent.each([
    ['action-cable', startActionCable, 0],
    ['phoenix', startPhoenix, 1500],
    ['signalr', startSignalr, 1500],
    ['centrifugo', startCentrifugo, 1500],
    ['pusher', startPusher, 0],
  ])('%s brings each message once to each member', async (preset, start, acked) => {
    const chat = await start();
    try {
      const { messages } = await measurePreset(preset, `ws://${chat.host}`);
      expect(messages.acked).toBe(acked);
    } finally {
      await chat.stop();
    }
  });
});
