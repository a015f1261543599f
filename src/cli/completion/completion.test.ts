import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../program.ts';
import { renderBash } from './bash.ts';
import { describeCommands, listPaths } from './describe-commands.ts';
import { renderFish } from './fish.ts';
import { renderZsh } from './zsh.ts';

const shape = describeCommands(
  buildProgram(() => {}),
  ['burst', 'echo'],
);

function completeInBash(typed: readonly string[]): readonly string[] {
  const words = ['chatbench', ...typed].map((word) => `'${word}'`).join(' ');
  const script = `${renderBash(shape)}\nCOMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _chatbench; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

describe('bash completes', () => {
  it.each([
    [['r'], ['run', 'report']],
    [['run', 'b'], ['burst']],
    [
      ['run', 'burst', '--ra'],
      ['--rate', '--rate-limit', '--rate-limiter'],
    ],
    [
      ['run', 'burst', '--target', ''],
      ['auto', 'embedded', 'local', 'compose', 'ws://'],
    ],
    [['run', 'burst', '--rate', ''], []], // a rate of one's own
    [['run', 'burst', '--rate', '5', '--cli'], ['--clients']],
    [['target', 'i'], ['install']],
    [['target', 'up', '--kind', 'l'], ['local']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', '--help'],
    ],
    [['help', 'exi'], ['exit-codes']],
  ])('%j to %j', (typed, words) => expect(completeInBash(typed)).toEqual(words));
});

describe('every command and flag is completed', () => {
  it.each([
    ['zsh', renderZsh(shape)],
    ['fish', renderFish(shape)],
    ['bash', renderBash(shape)],
  ])('in %s', (shell, script) => {
    for (const { path, shape: command } of listPaths(shape)) {
      for (const name of path) expect(script).toContain(name);
      for (const flag of command.flags) {
        expect(script).toContain(shell === 'fish' ? `-l ${flag.name.slice(2)} ` : flag.name);
      }
    }
  });

  it('with quotes in descriptions escaped for their shell', () => {
    expect(renderZsh(shape)).toContain("render a run'\\''s report again");
    expect(renderFish(shape)).toContain("render a run\\'s report again");
  });
});
