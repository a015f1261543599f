import { Command, InvalidArgumentError, Option } from 'commander';
import { AUDIT_ROWS, type AuditRowId, GRADES, type Grade } from '../../choices.ts';
import { defineRunOptions, type RunOptions } from '../options/run-options.ts';

/** Flags of `audit`: those of `run` that name a target, and its own. */
export interface AuditOptions extends RunOptions {
  /** Ends with 4 where a row has a worse grade. */
  readonly require?: Grade;
  /** These alone; all of them where it is left out. */
  readonly rows?: readonly AuditRowId[];
  /** A file that replaces limits of grades. */
  readonly limits?: string;
}

/** Defines them on a command; what else `run` knows keeps its defaults. */
export function defineAuditOptions(command: Command): Command {
  for (const option of defineRunOptions(new Command()).options) {
    if (option.helpGroupHeading === 'Target:') command.addOption(option);
  }
  return command
    .addOption(new Option('--quick', 'figures of a few seconds each, in about two minutes').default(false))
    .addOption(new Option('--require <grade>', 'end with 4 where any row has a worse grade').choices(GRADES))
    .addOption(
      new Option('--rows <rows>', `these alone, such as tails,burst: ${AUDIT_ROWS.join(', ')}`).argParser(readRows),
    )
    .addOption(new Option('--limits <file>', 'YAML that replaces limits of grades; see docs/audit.md'))
    .addOption(new Option('--out <directory>', 'where it is written (default: reports)'))
    .addOption(new Option('--json', 'print it as JSON on stdout, and nothing else there').default(false))
    .addOption(new Option('--quiet', 'print the grade only').default(false));
}

function readRows(text: string): readonly AuditRowId[] {
  return text.split(',').map((name) => {
    const row = AUDIT_ROWS.find((known) => known === name.trim());
    if (row === undefined) throw new InvalidArgumentError(`expected some of ${AUDIT_ROWS.join(', ')}, got "${name}"`);
    return row;
  });
}

/** The flags of `run` for the run of a row. */
export function runOptionsOf(options: AuditOptions, rate: number | null): RunOptions {
  const defaults = defineRunOptions(new Command()).opts() as RunOptions;
  return { ...defaults, ...options, tui: false, ...(rate === null ? {} : { rate: `${rate}/s` }) };
}
