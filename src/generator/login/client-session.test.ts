import { expect, it } from 'vitest';
import { HIDDEN, redact } from '../../redact.ts';
import { UserSession } from './client-session.ts';

it('keeps the cookies of a client for the handshake, by the rules of a browser', () => {
  const session = new UserSession(null, 0);
  session.takeCookies('http://chat.example:81/login', [
    'sid=s-canary-1; Path=/; HttpOnly',
    'only=there-canary; Path=/admin',
    'secure=tls-canary; Path=/; Secure',
    'foreign=not-canary; Domain=other.example',
    'old=gone; Path=/; Max-Age=0',
    'garbage',
  ]);
  expect(session.cookieFor('ws://chat.example:81/r1/u1')).toBe('sid=s-canary-1');
  expect(session.cookieFor('wss://chat.example/admin/x')).toBe('only=there-canary; sid=s-canary-1');
  expect(session.cookieFor('ws://other.example/')).toBe(null);
  session.takeCookies('http://chat.example:81/login', ['sid=s-canary-2; Path=/']);
  expect(session.cookieFor('ws://chat.example:81/')).toBe('sid=s-canary-2');
  expect(redact('told of s-canary-1 and s-canary-2')).toBe(`told of ${HIDDEN} and ${HIDDEN}`);
});

it('knows what it was told last, and hides it', () => {
  const session = new UserSession(null, 0);
  expect(session.value('token')).toBeUndefined();
  session.capture('token', 't-canary-1');
  session.capture('token', 't-canary-2');
  expect(session.value('token')).toBe('t-canary-2');
  expect(redact('t-canary-2')).toBe(HIDDEN);
});
