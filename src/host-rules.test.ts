import { expect, it } from 'vitest';
import { readHostAndPort } from './host-rules.ts';

it.each([
  ['ws://chat.example/', 'chat.example', 80],
  ['wss://chat.example/', 'chat.example', 443],
  ['wss://127.0.0.1:8080/', '127.0.0.1', 8080],
  ['ws://[2001:db8::1]:9/', '2001:db8::1', 9],
  ['wss://[::1]/', '::1', 443],
])('a connection to %s goes to %s, port %i', (url, host, port) =>
  expect(readHostAndPort(new URL(url))).toEqual({ host, port }),
);
