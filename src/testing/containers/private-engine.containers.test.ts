import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sweepStaleEngines } from './engine-traces.ts';
import { listCommands } from './list-commands.ts';
import { whyNoPrivateEngine } from './private-engine.ts';

const PATIENCE_MS = 300_000;
const HOLDER = fileURLToPath(new URL('hold-engine-process.ts', import.meta.url));

test('an engine ends with whoever opened it, and the next one sweeps what it left', {
  timeout: PATIENCE_MS,
}, async (context) => {
  const obstacle = whyNoPrivateEngine();
  if (obstacle !== null) return context.skip(obstacle);
  const holder = fork(HOLDER, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [line] = await once(holder.stdout!, 'data');
  const { folder, bridgePrefix } = JSON.parse(String(line)) as { folder: string; bridgePrefix: string };
  const processes = () => listCommands().filter((command) => command.includes(folder)).length;
  const bridges = () => readdirSync('/sys/class/net').filter((name) => name.startsWith(bridgePrefix));
  expect(processes()).toBeGreaterThan(1);
  // The folder of an engine whose owner lives is none of a sweep's.
  await sweepStaleEngines();
  expect([existsSync(folder), bridges()]).toEqual([true, [`${bridgePrefix}held`]]);

  holder.kill('SIGKILL');
  await expect.poll(processes).toBe(0);
  await sweepStaleEngines();
  expect([existsSync(folder), bridges()]).toEqual([false, []]);
});
