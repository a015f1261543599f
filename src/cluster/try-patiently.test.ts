import { beforeEach, expect, test } from 'vitest';
import { tryPatiently } from './try-patiently.ts';

let nowMs = 0;
let retries = 0;

beforeEach(() => {
  nowMs = 0;
  retries = 0;
});

function tryUntil(endMs: number, isFinal = false): Promise<string> {
  return tryPatiently(
    async () => {
      if (nowMs < endMs) throw new Error(`refused at ${nowMs}`);
      return 'stored';
    },
    () => void retries++,
    () => isFinal,
    async (ms) => {
      nowMs += ms;
    },
  );
}

test('what fails for most of a minute and then succeeds has succeeded', async () => {
  expect(await tryUntil(59_000)).toBe('stored');
  expect(retries).toBeGreaterThan(100);
});

test('what fails for longer is given up after a minute, with its last error', async () => {
  await expect(tryUntil(70_000)).rejects.toThrow('refused at 60250');
});

test('the first tries follow each other quickly', async () => {
  await tryUntil(300);
  expect(retries).toBe(3);
});

test('what another try cannot mend is thrown at once', async () => {
  await expect(tryUntil(1, true)).rejects.toThrow('refused at 0');
  expect(retries).toBe(0);
});
