#!/usr/bin/env node
import { explainOldNode } from './check-node.ts';

// Before any import of a dependency: an older Node fails in the middle of loading one, with an error nobody can read.
const refusal = explainOldNode();
if (refusal !== null) {
  process.stderr.write(`error: ${refusal[0]}\nhint: ${refusal[1]}\n`);
  process.exit(2);
}

const { ignoreBrokenPipes } = await import('./print.ts');
const { runProgram } = await import('./run-program.ts');

ignoreBrokenPipes();
const exitCode = await runProgram(process.argv.slice(2));
// Only once everything is written: a pipe takes what it is given asynchronously, and an exit would cut it off.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
