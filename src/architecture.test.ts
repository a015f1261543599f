import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const DOCUMENT = new URL('../docs/architecture.md', import.meta.url);
const ROOT = new URL('../', import.meta.url);
const text = readFileSync(DOCUMENT, 'utf8');

it('leads to files that are there', () => {
  const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, path = '']) => new URL(path, DOCUMENT));
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter((link) => !existsSync(link)).map(({ pathname }) => pathname)).toEqual([]);
});

it('names folders that are there', () => {
  const folders = [...text.matchAll(/`(src\/[\w/-]+\/)`/g)].map(([, path = '']) => path);
  expect(folders.length).toBeGreaterThan(8);
  expect(folders.filter((folder) => !existsSync(new URL(folder, ROOT)))).toEqual([]);
});

it('follows a message through the instrument and through the cluster in twelve steps each', () => {
  expect(text.match(/^12\. /gm)).toHaveLength(2);
  expect(text).not.toMatch(/^13\. /m);
});
