import { type Command, Option } from 'commander';
import type { RunOptions } from './commands/run.ts';

/** Flags of `run` as commander yields them: the options, save that a repeated flag bears its own name. */
export type RunFlags = Omit<RunOptions, 'thresholds'> & { readonly threshold: readonly string[] };

/** Defines the flags of `RunFlags` on a command. */
export function defineRunOptions(command: Command): Command {
  const load = 'Load:';
  const target = 'Target:';
  const judgement = 'Verdict:';
  const output = 'Output:';
  const flag = (group: string, flags: string, description: string) => new Option(flags, description).helpGroup(group);
  return command
    .addOption(flag(load, '--rate <rate>', 'messages a second, such as 1200 or 1200/s; with stages, the highest rate'))
    .addOption(flag(load, '--duration <time>', 'length of measure, such as 30s or 2m; with stages, their sum'))
    .addOption(flag(load, '--clients <count>', 'virtual users, one WebSocket each'))
    .addOption(flag(load, '--room-size <count>', 'members of a room, the sender included'))
    .addOption(flag(load, '--payload <size>', 'bytes of a message, such as 100 or 4KiB'))
    .addOption(flag(load, '--warmup <time>', 'time before measure that no figure includes'))
    .addOption(flag(load, '--seed <number>', 'the same seed gives the same schedule, to the message'))
    .addOption(flag(target, '--target <target>', 'auto, embedded, local, compose, or an address: ws://HOST:PORT/PATH'))
    .addOption(flag(target, '--gateways <count>', 'gateways of the reference cluster'))
    .addOption(flag(target, '--workers <count>', 'workers of the reference cluster'))
    .addOption(
      flag(judgement, '--threshold <expression>', "such as 'delivery.p95 < 170ms'; repeatable, added to the scenario's")
        .argParser((value: string, given: readonly string[]) => [...given, value])
        .default([], 'none'),
    )
    .addOption(flag(output, '--out <directory>', 'where reports are written').default('reports'))
    .addOption(flag(output, '--json', 'print the summary as JSON on stdout, and nothing else there').default(false))
    .addOption(flag(output, '--quiet', 'print errors only').default(false))
    .addOption(flag(output, '--no-report', 'write result.json, but no report.html'))
    .addOption(flag(output, '--no-tui', 'print progress as plain lines'));
}

export function toRunOptions({ threshold, ...flags }: RunFlags): RunOptions {
  return { ...flags, thresholds: threshold };
}
