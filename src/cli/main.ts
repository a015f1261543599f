#!/usr/bin/env node
const NEEDED_NODE_MAJOR = 22;

// Before any other import: an older Node fails in the middle of loading a dependency, with an error nobody can read.
if (Number(process.versions.node.split('.', 1)[0]) < NEEDED_NODE_MAJOR) {
  process.stderr.write(`error: chatbench needs Node ${NEEDED_NODE_MAJOR} or newer, this is ${process.version}\n`);
  process.stderr.write('hint: after `npm ci`, `npx chatbench` brings its own\n');
  process.exit(2);
}

const { ignoreBrokenPipes } = await import('./print.ts');
const { runProgram } = await import('./run-program.ts');

ignoreBrokenPipes();
const exitCode = await runProgram(process.argv.slice(2));
// Only once everything is written: a pipe takes what it is given asynchronously, and an exit would cut it off.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
