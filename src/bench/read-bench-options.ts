const USAGE = 'usage: npm run bench -- [--docs] [--no-artillery]';

export interface BenchOptions {
  /** Write docs/benchmarks.md as well. */
  readonly withDocs: boolean;
  readonly withArtillery: boolean;
}

/** What to print instead of measuring anything. */
export interface BenchUsage {
  readonly text: string;
  readonly exitCode: 0 | 2;
}

export function readBenchOptions(args: readonly string[]): BenchOptions | BenchUsage {
  if (args.includes('--help') || args.includes('-h')) {
    return {
      text: `${USAGE}\n  measures the instrument for some minutes, prints a table and writes reports/bench.json\n  --docs          writes docs/benchmarks.md as well\n  --no-artillery  leaves the comparison out, which is installed from the registry`,
      exitCode: 0,
    };
  }
  const unknown = args.find((arg) => arg !== '--docs' && arg !== '--no-artillery');
  if (unknown !== undefined)
    return { text: `error: unknown argument ${JSON.stringify(unknown)}; ${USAGE}`, exitCode: 2 };
  return { withDocs: args.includes('--docs'), withArtillery: !args.includes('--no-artillery') };
}
