import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEFAULTS, QUICK } from './defaults.ts';
import { parseScenario } from './parse-scenario.ts';
import { NESTED_KEYS, SCENARIO_KEYS } from './scenario-file.ts';

const document = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8');
const section = document.slice(document.indexOf('## A scenario of your own'));
const rows = [...section.matchAll(/^\| `([a-z-]+)` +\| (.*?) +\| (.*?) +\| `(.*?)` +\|$/gm)].map(
  ([line, key, type, fallback, example]) => ({ line, key: key!, type: type!, fallback: fallback!, example: example! }),
);

it('the table of docs/scenarios.md has every key of a scenario once', () => {
  expect(rows.map(({ key }) => key).sort()).toEqual(SCENARIO_KEYS.toSorted());
});

it.each(rows)('$key: its row names the keys below it, and its defaults', ({ key, line, fallback }) => {
  // Those of a description are in docs/your-server.md.
  if (key !== 'protocol')
    for (const below of NESTED_KEYS[key] ?? []) expect(line).toMatch(new RegExp(`[\`{ ]${below}[\`:]`));
  const defaults: unknown = key === 'quick' ? QUICK : (DEFAULTS as Readonly<Record<string, unknown>>)[key];
  if (defaults === undefined) return;
  const told =
    typeof defaults === 'object'
      ? Object.entries(defaults as object).map(([name, value]) => `${name}: ${value}`)
      : [String(defaults)];
  for (const text of told) expect(fallback).toContain(`\`${text}\``);
});

it.each(rows)('$key: its example is a scenario', ({ key, example }) => {
  const besides: Readonly<Record<string, string>> = {
    name: 'question: Is it?\nrate: 10/s\n',
    question: 'name: mine\nrate: 10/s\n',
    think: 'name: mine\nquestion: Is it?\nloop: closed\n',
    replay: 'name: mine\nquestion: Is it?\nrate: 10/s\nsearch: { rate: 1/s -> 9/s }\n',
  };
  const isLoad = ['rate', 'rate-per-client', 'stages', 'steps', 'loop', 'journey'].includes(key);
  const start = besides[key] ?? `name: mine\nquestion: Is it?\n${isLoad ? '' : 'rate: 10/s\n'}`;
  expect(() => parseScenario(`${start}${example}\n`, { file: 'mine.yaml', checkThreshold: () => null })).not.toThrow();
});
