/**
 * A child for tests of supervision. Says on stdout what happens to it, and
 * — `obey`: ends on SIGTERM;   — `ignore`: does not;   — `crash`: logs some lines and ends with code 7.
 */
const mode = process.argv[2] ?? 'obey';

if (mode === 'crash') {
  for (let line = 1; line <= 30; line++) process.stdout.write(`line ${line}\n`);
  process.exitCode = 7;
} else {
  process.on('SIGTERM', () => {
    process.stdout.write(`SIGTERM at ${process.hrtime.bigint()}\n`);
    if (mode === 'obey') process.exit(0);
  });
  setInterval(() => {}, 1_000);
  process.stdout.write(`up\n`);
  process.send?.({ type: 'ready' });
}
