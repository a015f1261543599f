import { expect, it } from 'vitest';
import { measurePreset } from '../../../testing/measure-preset.ts';
import { startGraphqlWs, startSockJs } from '../../../testing/npm-chats.ts';

it.concurrent.each([
  ['graphql-ws', startGraphqlWs],
  ['sockjs', startSockJs],
])('%s brings each message once to each member, and acknowledges it', async (preset, start) => {
  const chat = await start();
  try {
    const { messages } = await measurePreset(preset, `ws://${chat.host}`);
    expect(messages.acked).toBe(1500);
  } finally {
    await chat.stop();
  }
});
