import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildProgram } from '../program.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action = parse(read('action.yml')) as Action;

/** The jobs of docs/ci.md by the name in the comment above each. */
const jobs = new Map(
  [...read('docs/ci.md').matchAll(/<!-- tested: (\S+) -->\s*```yaml\n([\s\S]*?)\n```\n/g)].map(
    ([, name, text]) => [name!, parse(text!) as Record<string, unknown>] as const,
  ),
);

/** Every chatbench command line in a text, its words up to the end of the command. */
function commandLines(text: string): readonly string[][] {
  return [
    ...text
      .replaceAll(/\\\n\s*/g, ' ')
      .matchAll(/(?:npx chatbench|\$CHATBENCH|^ *chatbench|`chatbench) (\S[^|>`\n]*)/gm),
  ].map(([, line]) => line!.trim().split(/\s+/));
}

describe('every command line of the CI kit', () => {
  const lines = [...commandLines(read('docs/ci.md')), ...commandLines(read('action.yml'))];

  it('is found', () => expect(lines).toHaveLength(14));

  it.each(lines.map((words) => [words.join(' '), words] as const))('%s', (_, words) => {
    let command = buildProgram(() => {});
    let rest = [...words];
    for (;;) {
      const next = command.commands.find((candidate) => candidate.name() === rest[0]);
      if (next === undefined) break;
      command = next;
      rest = rest.slice(1);
    }
    expect(command.name(), 'a command of chatbench').not.toBe('chatbench');
    const known = command.options.flatMap(({ long }) => long ?? []);
    for (const flag of rest.filter((word) => word.startsWith('--'))) expect(known).toContain(flag);
  });
});

describe('the composite action', () => {
  it('is one, and each of its steps either uses an action or has a shell', () => {
    expect(action.runs.using).toBe('composite');
    for (const { uses, run, shell } of action.runs.steps) {
      expect(uses === undefined).toBe(run !== undefined);
      if (run !== undefined) expect(shell).toBe('bash');
      else expect(uses).toMatch(/^actions\/[a-z/-]+@v\d+$/);
    }
  });

  it('reads no input that it does not have, and has none that it does not read', () => {
    const used = new Set([...read('action.yml').matchAll(/inputs\.([a-z-]+)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(action.inputs).sort());
  });
});

describe('the jobs of docs/ci.md', () => {
  it('are there for both systems', () =>
    expect([...jobs.keys()].sort()).toEqual(['github-ab', 'github-baseline', 'gitlab']));

  it('use the composite action by the name that it has elsewhere, with inputs and outputs that it has', () => {
    const uses = ['github-ab', 'github-baseline']
      .flatMap((name) => Object.values(jobs.get(name)!.jobs as Record<string, { steps: readonly Step[] }>))
      .flatMap(({ steps }) => steps.filter(({ uses }) => uses?.includes('chatbench')));
    expect(uses.map(({ uses }) => uses)).toEqual(['OWNER/chatbench@v1', 'OWNER/chatbench@v1']);
    for (const input of uses.flatMap((step) => Object.keys(step.with!))) expect(action.inputs).toHaveProperty(input);
    for (const [, output] of read('docs/ci.md').matchAll(/steps\.chatbench\.outputs\.([a-z-]+)/g)) {
      expect(action.outputs).toHaveProperty(output!);
    }
  });

  it('are said to have just the inputs and outputs that there are, and the same defaults', () => {
    const rows = [...read('docs/ci.md').matchAll(/^\| `([a-z-]+)` +\|(?: (?:`([^`]*)`)? *\|)?/gm)];
    const names = rows.map(([, name]) => name!);
    expect(names.sort()).toEqual([...Object.keys(action.inputs), ...Object.keys(action.outputs)].sort());
    for (const [, name, value = ''] of rows) {
      if (name! in action.inputs) expect(action.inputs[name!]!.default, name).toBe(value);
    }
  });

  it('keep reports as artifacts also when they fail', () => {
    const { steps } = (jobs.get('github-ab')!.jobs as { ab: { steps: readonly (Step & { if?: string })[] } }).ab;
    expect(steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact'))?.if).toBe('always()');
    expect(jobs.get('gitlab')!.chatbench).toMatchObject({
      artifacts: { when: 'always' },
      cache: { paths: ['reports/baselines'] },
    });
  });
});
