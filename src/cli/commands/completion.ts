import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../errors.ts';
import { listScenarioNames } from '../../scenario/load-scenario.ts';
import { renderBash } from '../completion/bash.ts';
import { describeCommands } from '../completion/describe-commands.ts';
import { renderFish } from '../completion/fish.ts';
import { renderZsh } from '../completion/zsh.ts';
import { printLine } from '../print.ts';

const RENDER = { bash: renderBash, zsh: renderZsh, fish: renderFish } as const;
export type Shell = keyof typeof RENDER;
export const SHELLS = Object.keys(RENDER) as readonly Shell[];

/** `chatbench completion <shell>`: a script that completes commands, flags and the names of scenarios. */
export async function completion(program: Command, shell: Shell): Promise<ExitCode> {
  printLine(RENDER[shell](describeCommands(program, listScenarioNames())));
  return EXIT.pass;
}
