import { globSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SOURCE = fileURLToPath(new URL('.', import.meta.url));

/**
 * folder → the stages before it whose types it may name. What runs is checked on the built JavaScript, where types are gone;
 * here are the types, so that data flows one way: scenario → plan → shard → samples → result → verdict → report.
 */
const UPSTREAM: Readonly<Record<string, readonly string[]>> = {
  scenario: [],
  record: [],
  plan: ['scenario'],
  protocol: ['scenario', 'record', 'cluster'],
  generator: ['scenario', 'plan', 'protocol', 'record'],
  sampler: ['record'],
  faults: ['scenario'],
  fleet: ['scenario', 'plan', 'protocol', 'record', 'generator', 'sampler'],
  result: ['scenario', 'plan', 'record', 'sampler'],
  diagnosis: ['record', 'result'],
  gate: ['scenario', 'record', 'result', 'diagnosis'],
  experiment: ['scenario', 'record', 'result', 'gate'],
  report: ['scenario', 'record', 'result', 'diagnosis', 'gate'],
  cluster: [],
  launch: ['cluster'],
};

function foldersNamedBy(folder: string): readonly string[] {
  const files = globSync(`${folder}/**/*.{ts,tsx}`, { cwd: SOURCE }).filter(
    (file) => !/\.(test|contract)\.tsx?$/.test(file),
  );
  return files.flatMap((file) =>
    [...readFileSync(`${SOURCE}${file}`, 'utf8').matchAll(/from '(\.[^']+)'/g)]
      .map(([, specifier = '']) => posix.join(dirname(file), specifier))
      .filter((path) => path.includes('/') && !path.startsWith('..') && !path.startsWith(`${folder}/`))
      .map((path) => `${path.split('/')[0]} (${file})`),
  );
}

describe.each(Object.entries(UPSTREAM))('%s', (folder, upstream) => {
  it(`names types of ${upstream.length === 0 ? 'no other stage' : upstream.join(', ')} only`, () => {
    const foreign = foldersNamedBy(folder).filter((named) => !upstream.includes(named.split(' ')[0] ?? ''));
    expect(foreign).toEqual([]);
  });
});
