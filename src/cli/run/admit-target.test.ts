import { expect, it } from 'vitest';
import { echoProtocol } from '../../protocol/adapters/echo.ts';
import type { MessageHistory } from '../../protocol/chat-protocol.ts';
import { selectProtocol } from '../../protocol/select-protocol.ts';
import { protocolBlock } from '../../scenario/protocol-block.ts';
import { listAddresses } from './admit-target.ts';

const ENDPOINT = 'ws://127.0.0.1:8080';

it('lists where clients connect, where they send to, and where they fetch what they have missed', async () => {
  const http = { url: 'http://sender.example/{room}', body: '{body}' };
  const spec = protocolBlock.parse({ url: 'ws://chat.example/{room}/{user}', send: { http } });
  expect(listAddresses(await selectProtocol(spec, {}), ENDPOINT)).toEqual([
    ENDPOINT,
    'ws://chat.example/r0/u0',
    'http://sender.example/r0',
  ]);
  const history: MessageHistory = {
    readPosition: () => -1,
    urlAfter: ({ room }, position) => `http://history.example/${room}/${position}`,
    readPage: () => [],
  };
  expect(listAddresses({ ...echoProtocol, history }, ENDPOINT)).toContain('http://history.example/0/0');
});

it.each(['room', 'direct', 'group', 'everyone', 'presence'] as const)(
  'leads nowhere else with the reference protocol that delivers to %s',
  async (deliver) => {
    const protocol = await selectProtocol({ kind: 'reference', deliver, send: 'websocket' }, {});
    const hosts = listAddresses(protocol, ENDPOINT).map((url) => new URL(url).host);
    expect([...new Set(hosts)]).toEqual(['127.0.0.1:8080']);
  },
);
