import { expect, it } from 'vitest';
import { encodeRateLimited } from '../cluster/wire/server-feature-frame.ts';
import { encodeError } from '../cluster/wire/server-frame.ts';
import { referenceProtocol } from './adapters/reference.ts';
import { readErrorCode } from './read-error-code.ts';

it.each([
  ['{"code":"overloaded","text":"no"}', 'overloaded'],
  ['{"code":4003}', '4003'],
  ['{"error":{"code":"quota"}}', 'quota'],
  ['{"type":"error","error":"forbidden"}', 'forbidden'],
  ['42["error",{"code":"full"}]', 'full'],
  ['{"type":"error","text":"something"}', null],
  ['{"code":{"deep":1}}', null],
  ['{"error":{"error":null}}', null],
  ['ERROR', null],
  ['{"code":', null],
])('of the error %s reads %s', (frame, code) => {
  expect(readErrorCode(Buffer.from(frame))).toBe(code);
});

it('reads what the reference cluster refuses by', () => {
  const read = (frame: string) => referenceProtocol.readCode?.(Buffer.from(frame));
  expect(read(encodeError('m1', 'not-a-member', 'no {"code":"x"}'))).toBe('not-a-member');
  expect(read(encodeError(null, 'bad-frame', 'what?'))).toBe('bad-frame');
  expect(read(encodeRateLimited('m1', 0, 40))).toBe('rate_limited');
});
