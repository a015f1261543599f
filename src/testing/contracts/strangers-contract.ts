import { expect, test } from 'vitest';
import { type Asking, askAs, UPGRADE } from '../ask-as.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const MESSAGE = JSON.stringify({ user: 'ann', room: 'r', body: 'hello' });
const SEND = { method: 'POST', path: '/api/messages', headers: JSON_TYPE, body: MESSAGE };
const CONNECT = { path: '/ws?user=ann&device=d0', headers: UPGRADE };

/**
 * Whom a gateway lets in that asks for no tokens, reached directly or through what stands before it.
 *
 * @param address of it, http:// or ws://, asked in each test
 */
export function describeStrangers(address: () => string): void {
  const ask = async (asking: Asking, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    (await askAs(address(), { ...asking, headers: { ...asking.headers, ...headers } })).status;

  test('a program on this machine may connect, send and read', async () => {
    expect(await ask(CONNECT)).toBe(101);
    expect(await ask(SEND)).toBe(201);
    expect(await ask({ path: '/rooms/r/messages' })).toBe(200);
  });

  test.each(['https://evil.example', 'http://127.0.0.1', 'http://localhost:8080', 'null'])(
    'a page of %s may do none of it',
    async (origin) => {
      expect(await ask(CONNECT, { origin })).toBe(403);
      expect(await ask(SEND, { origin })).toBe(403);
      expect(await ask({ path: '/rooms/r/messages' }, { origin })).toBe(403);
      expect(await ask({ ...SEND, method: 'OPTIONS' }, { origin })).toBe(403);
    },
  );

  test('the page that it serves itself may', async () => {
    const { host } = new URL(address());
    for (const origin of [`http://${host}`, `https://${host}`]) {
      expect(await ask(CONNECT, { origin })).toBe(101);
      expect(await ask({ path: '/rooms/r/messages' }, { origin })).toBe(200);
    }
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example'])(
    'who came by the name %s may do none of it',
    async (host) => {
      expect(await ask(CONNECT, { host })).toBe(421);
      expect(await ask(SEND, { host })).toBe(421);
      expect(await ask({ path: '/rooms/r/messages' }, { host })).toBe(421);
    },
  );

  test.each(['localhost', 'LOCALHOST:8080', 'localhost.', '127.0.0.1', '[::1]:8080', '10.1.2.3:80'])(
    'who came by %s may',
    async (host) => expect(await ask(SEND, { host })).toBe(201),
  );

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonx',
    'text/plain; x=application/json',
  ])('JSON that is said to be %s is refused', async (type) =>
    expect(await ask(SEND, { 'content-type': type })).toBe(415),
  );

  test('JSON of no said type is refused', async () => {
    expect(await ask({ ...SEND, headers: {} })).toBe(415);
  });

  test('JSON may be said to be UTF-8', async () => {
    expect(await ask(SEND, { 'content-type': 'Application/JSON ; charset=utf-8' })).toBe(201);
  });
}
