import { expect, it } from 'vitest';
import { findSharedTokens } from './find-shared-tokens.ts';

const opening = (token: string, user: string) => ({
  url: `ws://a:1/chat?access_token=${token}&user=${user}`,
  subprotocols: ['chat.v1'],
  headers: { Authorization: `Bearer ${token}`, 'X-User': user },
  frames: [`{"type":"auth","token":"${token}","user":"${user}"}`],
  readyFrames: 0,
});

it('names every place where two users have the same token, and none where each has their own', () => {
  expect(findSharedTokens(opening('t1', 'u0'), opening('t1', 'u1'))).toEqual([
    'header Authorization',
    'parameter access_token',
    'token of a frame',
  ]);
  expect(findSharedTokens(opening('t1', 'u0'), opening('t2', 'u1'))).toEqual([]);
});
