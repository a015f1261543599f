import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeDirectory } from './make-directory.ts';

const parent = mkdtempSync(join(tmpdir(), 'chatbench-make-'));
afterAll(() => rmSync(parent, { recursive: true }));

it('makes all that is missing, once or at the same time', async () => {
  const path = join(parent, 'a', 'b', 'c');
  await Promise.all([makeDirectory(path), makeDirectory(path), makeDirectory(join(parent, 'a', 'x'))]);
  await makeDirectory(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

it('says what is in the way', async () => {
  writeFileSync(join(parent, 'file'), '');
  await expect(makeDirectory(join(parent, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeDirectory(join(parent, 'file', 'below'))).rejects.toMatchObject({ code: 'EEXIST' });
});

it.runIf(process.platform === 'linux')('ends where the system makes none: %s', async () => {
  for (const place of ['/proc/chatbench', '/proc/chatbench/run', '/proc/self/chatbench']) {
    await expect(makeDirectory(place)).rejects.toMatchObject({ code: 'ENOENT' });
  }
});
