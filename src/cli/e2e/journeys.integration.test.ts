import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runChatbench } from '../../testing/run-chatbench.ts';

/** What docs/journeys.md shows is taken out of it and run as it says. */

const DOCUMENT = fileURLToPath(new URL('../../../docs/journeys.md', import.meta.url));
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journeys-'));
  for (const [, file, text] of (await readFile(DOCUMENT, 'utf8')).matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms))
    await writeFile(join(directory, file!), text!);
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function run(...flags: readonly string[]) {
  const where = ['--target', 'embedded', '--out', join(directory, 'reports'), '--drain', '60s'];
  return runChatbench(['run', join(directory, 'journey.yaml'), ...where, ...flags], directory);
}

it('the example runs, its messages are all in the ledger, and its steps have latencies of their own', async () => {
  const { stdout, stderr } = await run('--json', '--format', 'html,md');
  const { deliveries, messages, journey, loop, thresholds, connections } = JSON.parse(stdout || '{}');
  expect(deliveries, stderr).toMatchObject({ lost: 0, duplicated: 0, misrouted: 0 });
  expect(deliveries.once).toBe(deliveries.expected);
  expect(messages.sent).toBeGreaterThan(20);
  expect(loop).toBe('closed');
  const [whole, openRoom, say] = journey.steps;
  expect([whole.name, openRoom.name, say.name]).toEqual(['journey', 'open-room', 'say']);
  expect(journey.failures).toEqual({});
  expect(openRoom.begun).toBeGreaterThan(20);
  expect(openRoom.latencyMs.count).toBe(openRoom.begun - openRoom.unfinished);
  expect(say.latencyMs.p50).toBeGreaterThan(0);
  // It thinks for at least a tenth of a second in between.
  expect(whole.latencyMs.p50).toBeGreaterThan(100);
  expect(connections.left).toBeGreaterThan(0);
  expect(thresholds.map(({ expression }: { expression: string }) => expression)).toEqual([
    'step.open-room.p95 < 500ms',
    'step.journey.failed == 0',
    'lost == 0',
  ]);
  expect(thresholds.slice(1).every(({ ok }: { ok: boolean }) => ok)).toBe(true);
});

it('one that fails is told with why, and the summary says that it was a closed loop', async () => {
  const failing = "export const journey = async (client) => { await client.send(); throw new Error('out of stock'); };";
  await writeFile(join(directory, 'journey.ts'), failing);
  const { stdout } = await run('--details', '--duration', '2s', '--no-report');
  expect(stdout).toMatch(/Journeys +\d+ begun, 0 of them ended well, \d+ failed/);
  expect(stdout).toContain('× Error: out of stock');
  expect(stdout).toContain('closed loop');
});

it.each([
  ['export const other = 1;', 'expected a function that is exported as "journey"'],
  ['export const journey = (;', 'cannot be loaded'],
])('a module without one ends the command before anything is opened: %s', async (text, told) => {
  await writeFile(join(directory, 'journey.ts'), text);
  const { code, stderr } = await run();
  expect(stderr).toContain('journey.ts: ');
  expect(stderr).toContain(told);
  expect(code).toBe(2);
});
