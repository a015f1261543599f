import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import type { ClientIdentity } from './chat-protocol.ts';
import { selectProtocol } from './select-protocol.ts';

const KEY = 'a key of thirty-two characters …';
const CLIENT: ClientIdentity = { client: 7, room: 3, endpoint: 'ws://127.0.0.1:1/ws' };
const VARIABLES = { CHATBENCH_TOKEN_KEY: KEY };

async function read(token: string | undefined) {
  const { payload } = await jwtVerify(token ?? '', new TextEncoder().encode(KEY), { audience: 'chatbench' });
  return payload;
}

const bearer = (headers: Readonly<Record<string, string>> | undefined) =>
  headers?.authorization?.replace('Bearer ', '');

test('a client of a cluster with tokens signs its own, for all that it asks', async () => {
  const protocol = await selectProtocol({ kind: 'reference', deliver: 'room', send: 'http' }, VARIABLES);
  const template = protocol.encodeSend(CLIENT, 'm'.repeat(36), 100);
  const tokens = [
    bearer(protocol.open(CLIENT).headers),
    bearer(template.request?.headers),
    new URL(protocol.history!.urlAfter(CLIENT, 4)).searchParams.get('token') ?? undefined,
  ];
  for (const token of tokens) {
    const claims = await read(token);
    expect(claims).toMatchObject({ sub: 'u7', exp: expect.any(Number) });
    expect(claims.scope).toBeUndefined();
  }
});

test('who notifies everyone does so as an operator', async () => {
  const protocol = await selectProtocol({ kind: 'reference', deliver: 'everyone', send: 'http' }, VARIABLES);
  const { request } = protocol.encodeSend(CLIENT, 'm'.repeat(36), 100);
  expect(await read(bearer(request?.headers))).toMatchObject({ sub: 'u7', scope: 'operator' });
});

test('without a key there are no tokens', async () => {
  const protocol = await selectProtocol('reference', {});
  expect(protocol.open(CLIENT).headers).toEqual({});
  expect(protocol.history!.urlAfter(CLIENT, 4)).not.toContain('token');
});
