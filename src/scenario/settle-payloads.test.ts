import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { textAt } from '../text-list.ts';
import { parseScenario } from './parse-scenario.ts';
import { readTexts } from './read-texts.ts';

let directory: string;
let files = 0;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'payloads-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(content: string | Buffer): string {
  const name = `messages-${files++}.txt`;
  writeFileSync(join(directory, name), content);
  return name;
}

function parse(payload: string, rest = 'protocol: { send: { text: "{body}" } }', overrides = {}) {
  const text = `name: a\nquestion: b?\nrate: 10/s\nclients: 4\npayload: ${payload}\n${rest}\n`;
  return parseScenario(text, { file: join(directory, 'a.yaml'), checkThreshold: () => null, overrides });
}

it('a file of messages lies beside the scenario that names it, and its lines are what is said', () => {
  const name = write('\uFEFFgrüße\r\n\nsecond\n日本語\n');
  const file = join(directory, name);
  expect(parse(`{ file: ${name} }`).load).toMatchObject({
    payloads: [{ bytes: 40, share: 1 }],
    texts: { file, lines: 3, leastBytes: 37, mostBytes: 40 },
  });
  const list = readTexts(file);
  if (typeof list === 'string') throw new Error(list);
  expect([0, 1, 2].map((line) => textAt(list, line))).toEqual(['grüße', 'second', '日本語']);
});

it('a size that a flag gives stands in for the file', () => {
  const { load } = parse(`{ file: ${write('a\n')} }`, undefined, { payload: '200' });
  expect(load.payloads).toEqual([{ bytes: 200, share: 1 }]);
  expect(load.texts).toBeUndefined();
});

it.each([
  ['nothing', '', 'expected at least one line that is not empty'],
  ['empty lines', '\n\r\n\n', 'expected at least one line that is not empty'],
  ['another encoding', Buffer.from('ok\ngr\xfc\xdfe\n', 'latin1'), 'line 2: expected UTF-8'],
  ['a line too long', `a\n${'x'.repeat(16 * 1024 * 1024)}\n`, 'line 2: expected at most 16777185 bytes, got 16777216'],
])('a file of %s is told by its line', (_what, content, message) => {
  const name = write(content);
  expect(() => parse(`{ file: ${name} }`)).toThrow(`a.yaml:5:10: payload: ${name}: ${message}`);
});

it('a file that is not there, and a key that is none, are told by their place', () => {
  expect(() => parse('{ file: none.txt }')).toThrow('a.yaml:5:10: payload: none.txt: no such file');
  expect(() => parse('{ path: none.txt }')).toThrow('unknown key "path", expected one of');
});

it('bodies are up to 16 MiB, and with the reference cluster below the 64 KiB that its gateways take', () => {
  expect(parse('16MiB').load.payloads).toEqual([{ bytes: 2 ** 24, share: 1 }]);
  expect(() => parse('16777217')).toThrow('to 16 MiB, got "16777217"');
  expect(parse('60000', '').load.payloads).toEqual([{ bytes: 60_000, share: 1 }]);
  const refusal = 'payload: expected at most 60000 bytes with the reference cluster';
  expect(() => parse('60001', '')).toThrow(refusal);
  expect(() => parse('[{ bytes: 100, share: 50% }, { bytes: 1MiB, share: 50% }]', '')).toThrow(refusal);
  expect(() => parse(`{ file: ${write('x'.repeat(70_000))} }`, '')).toThrow(refusal);
});
