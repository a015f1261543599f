import { expect, it } from 'vitest';
import { parseListenAddress, parseOtlpEndpoint } from './export-options.ts';

it('listens on this machine alone unless a host is given', () => {
  expect([':9464', '9464', '0.0.0.0:80', '[::1]:9464', 'localhost:0'].map(parseListenAddress)).toEqual([
    { host: '127.0.0.1', port: 9464 },
    { host: '127.0.0.1', port: 9464 },
    { host: '0.0.0.0', port: 80 },
    { host: '::1', port: 9464 },
    { host: 'localhost', port: 0 },
  ]);
});

it.each(['', ':', 'x', ':99999', '1.2.3.4', 'http://127.0.0.1:1'])('refuses to listen at "%s"', (text) => {
  expect(() => parseListenAddress(text)).toThrow(`--prometheus ${text}: expected an address to listen at`);
});

it('pushes to http and https only', () => {
  expect(parseOtlpEndpoint('http://127.0.0.1:4318').href).toBe('http://127.0.0.1:4318/');
  expect(() => parseOtlpEndpoint('127.0.0.1:4318')).toThrow('--otlp 127.0.0.1:4318: expected the address');
  expect(() => parseOtlpEndpoint('file:///etc/passwd')).toThrow('expected the address of a collector');
});
