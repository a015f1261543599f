import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replaceDirectory } from './replace-directory.ts';

let parent: string;
let directory: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'chatbench-replace-'));
  directory = join(parent, 'main');
  mkdirSync(directory);
  writeFileSync(join(directory, 'file'), 'old');
});
afterEach(() => rmSync(parent, { recursive: true }));

const content = () => readFileSync(join(directory, 'file'), 'utf8');

it('leaves the new directory alone in the place of the old one', async () => {
  await replaceDirectory(directory, async (draft) => {
    writeFileSync(join(draft, 'file'), 'new');
    expect(content()).toBe('old');
  });
  expect({ content: content(), beside: readdirSync(parent) }).toEqual({ content: 'new', beside: ['main'] });
});

it('makes one where there was none', async () => {
  rmSync(directory, { recursive: true });
  await replaceDirectory(directory, async (draft) => writeFileSync(join(draft, 'file'), 'new'));
  expect({ content: content(), beside: readdirSync(parent) }).toEqual({ content: 'new', beside: ['main'] });
});

it('keeps the old one where the new one cannot be filled', async () => {
  const filling = replaceDirectory(directory, async () => {
    throw new Error('disk full');
  });
  await expect(filling).rejects.toThrow('disk full');
  expect({ content: content(), beside: readdirSync(parent) }).toEqual({ content: 'old', beside: ['main'] });
});

it('puts the old one back where the new one cannot take its place', async () => {
  const vanishing = replaceDirectory(directory, async (draft) => {
    rmSync(draft, { recursive: true });
    expect(existsSync(directory)).toBe(true);
  });
  await expect(vanishing).rejects.toThrow('ENOENT');
  expect({ content: content(), beside: readdirSync(parent) }).toEqual({ content: 'old', beside: ['main'] });
});
