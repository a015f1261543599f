import type { Command, Option } from 'commander';
import { BALANCES, QUEUE_TYPES, RATE_LIMITERS, SPREADS, TOPOLOGIES } from '../../choices.ts';

/** What can stand at one place of a command line; the command tree without its machinery. */
export interface CommandShape {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly FlagShape[];
  /** Known words for its argument: names of scenarios, shells, topics. */
  readonly words: readonly string[];
  readonly commands: readonly CommandShape[];
}

export interface FlagShape {
  /** "--rate" */
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** Known values; empty where any will do. */
  readonly values: readonly string[];
}

/** Words that commander cannot know of, since more than these are allowed. */
const KNOWN_VALUES: Readonly<Record<string, readonly string[]>> = {
  '--target': ['auto', 'embedded', 'local', 'compose', 'ws://'],
  '--balance': BALANCES,
  '--topology': TOPOLOGIES,
  '--queue-type': QUEUE_TYPES,
  '--rate-limiter': RATE_LIMITERS,
  '--spread': SPREADS,
};

/** The shape of the whole tree, generated from it, so that completion never lags behind. */
export function describeCommands(program: Command, scenarioNames: readonly string[]): CommandShape {
  const describe = (command: Command): CommandShape => ({
    name: command.name(),
    description: command.description(),
    flags: command.createHelp().visibleOptions(command).map(describeFlag),
    words: wordsOf(command, program, scenarioNames),
    commands: command.commands.map(describe),
  });
  return describe(program);
}

function describeFlag(option: Option): FlagShape {
  const name = option.long ?? option.flags;
  const values = option.argChoices ?? KNOWN_VALUES[name] ?? [];
  return { name, description: option.description, takesValue: option.required || option.optional, values };
}

function wordsOf(command: Command, program: Command, scenarioNames: readonly string[]): readonly string[] {
  if (command.name() === 'run') return scenarioNames;
  if (command.name() === 'help') return [...program.commands.map((other) => other.name()), 'exit-codes'];
  return command.registeredArguments.flatMap((argument) => argument.argChoices ?? []);
}

/** Every command with the path of names that leads to it, the program itself (an empty path) first. */
export function listPaths(shape: CommandShape, path: readonly string[] = []): readonly CommandPath[] {
  const below = shape.commands.flatMap((command) => listPaths(command, [...path, command.name]));
  return [{ path, shape }, ...below];
}

export interface CommandPath {
  readonly path: readonly string[];
  readonly shape: CommandShape;
}

/** Flags of all commands that take a value, each once: those with known values, and the others. */
export function listValueFlags(shape: CommandShape): ReadonlyMap<string, readonly string[]> {
  const flags = listPaths(shape).flatMap((entry) => entry.shape.flags.filter((flag) => flag.takesValue));
  return new Map(flags.map((flag) => [flag.name, flag.values]));
}
