const USAGE = 'usage: npm run bench -- [--docs] [--no-artillery] [--only-agents]';

const KNOWN = ['--docs', '--no-artillery', '--only-agents'];

export interface BenchOptions {
  /** Write docs/benchmarks.md as well. */
  readonly withDocs: boolean;
  readonly withArtillery: boolean;
  /** Measure what a hundred agents cost, and nothing else. */
  readonly onlyAgents: boolean;
}

/** What to print instead of measuring anything. */
export interface BenchUsage {
  readonly text: string;
  readonly exitCode: 0 | 2;
}

export function readBenchOptions(args: readonly string[]): BenchOptions | BenchUsage {
  if (args.includes('--help') || args.includes('-h')) {
    return {
      text: `${USAGE}\n  measures the instrument for some minutes, prints a table and writes reports/bench.json\n  --docs          writes docs/benchmarks.md as well\n  --no-artillery  leaves the comparison out, which is installed from the registry\n  --only-agents   measures what a hundred agents cost, in half a minute, and prints that alone`,
      exitCode: 0,
    };
  }
  const unknown = args.find((arg) => !KNOWN.includes(arg));
  if (unknown !== undefined)
    return { text: `error: unknown argument ${JSON.stringify(unknown)}; ${USAGE}`, exitCode: 2 };
  const onlyAgents = args.includes('--only-agents');
  // The page would lose all others.
  if (onlyAgents && args.includes('--docs'))
    return { text: `error: --docs: writes all of the table, expected no --only-agents; ${USAGE}`, exitCode: 2 };
  return { withDocs: args.includes('--docs'), withArtillery: !args.includes('--no-artillery'), onlyAgents };
}
