import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillIn } from '../placeholders.ts';
import { protocolBlock } from './protocol-block.ts';

const VARIABLE = `\${env:X}`;
const isAddress = (url: string) => protocolBlock.safeParse({ send: '{body}', url }).success;

function hostOf(url: string, client: number, endpoint: string): string | null {
  const values: Readonly<Record<string, string>> = {
    endpoint,
    host: new URL(endpoint).host,
    room: `r${client}`,
    user: `u${client}`,
  };
  return URL.parse(fillIn(url, (name) => values[name] ?? 'x'))?.host ?? null;
}

describe('an address of a description', () => {
  const piece = fc.constantFrom(
    ...['ws://', 'wss://', '{endpoint}', '{host}', '{room}', '{user}', VARIABLE, 'a', '127.0.0.1', '.', ':', '81'],
    ...['/', '//', '\\', '@', '?', '#', ' ', '\t', '\n', '%2e', '[', ']', ';'],
  );

  it('leads every client to the same host, whatever it is put together from', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 7 }),
        fc.constantFrom('ws://127.0.0.1:8080', 'ws://127.0.0.1', 'ws://[::1]:9', 'ws://h/ws'),
        (pieces, endpoint) => {
          const url = pieces.join('');
          if (isAddress(url)) expect(hostOf(url, 7, endpoint)).toBe(hostOf(url, 0, endpoint));
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it.each([
    '{endpoint}',
    '{endpoint}/ws/{room}?user={user}',
    '{endpoint}?room={room}',
    'ws://{host}/{room}',
    `ws://joe:${VARIABLE}@{host}/{room}`,
    'ws://{host}:81/{room}',
    `wss://${VARIABLE}/{room}`,
    'wss://chat.example:444',
  ])('may be %s', (url) => expect(isAddress(url)).toBe(true));

  it.each([
    '{endpoint}.{room}.example/',
    '{endpoint}{room}/',
    '{endpoint}@{room}/',
    '{endpoint}:81/',
    'ws://{host}.example/',
    'ws://{room}.example/',
    'ws://chat.example:{room}/',
    'ws://{user}@chat.example/',
    'ws:///{room}.example/',
    'ws://\\{room}.example/',
  ])('may not be %s', (url) => expect(isAddress(url)).toBe(false));
});
