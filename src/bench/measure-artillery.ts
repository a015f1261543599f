import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startEchoServer } from '../testing/echo-server.ts';
import type { Measurement } from './measurement.ts';

const USERS = 100;
const MESSAGES_EACH = 3_000;

const report = z.object({
  aggregate: z.object({
    counters: z.record(z.string(), z.number()),
    firstMetricAt: z.number(),
    lastMetricAt: z.number(),
  }),
});

/**
 * Artillery on the same machine and an equal echo server: how many messages a second it sends in a loop without a pause. It sends
 * only: its WebSocket engine measures no answer, so that the ratio is of more work on our side than on artillery's. It is installed
 * from the registry into a scratch directory, not into this project.
 *
 * @param roundTripsPerSecond what chatbench held, for the ratio; null where it held nothing
 */
export async function measureArtillery(roundTripsPerSecond: number | null): Promise<readonly Measurement[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'chatbench-bench-'));
  const server = await startEchoServer();
  try {
    const version = install(scratch);
    const sentPerSecond = run(scratch, server.url);
    return [
      {
        name: 'artillery, messages sent per second',
        value: sentPerSecond,
        unit: '/s',
        note: `artillery ${version}, ${USERS} users, 100 bytes, closed loop, answers not measured`,
      },
      {
        name: 'chatbench / artillery',
        value: roundTripsPerSecond === null ? null : roundTripsPerSecond / sentPerSecond,
        unit: '×',
        note: 'chatbench counts round trips (sent, echo received and timed), artillery messages sent (echo not awaited)',
      },
    ];
  } finally {
    server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function install(scratch: string): string {
  mkdirSync(scratch, { recursive: true });
  writeFileSync(join(scratch, 'package.json'), '{"name":"scratch","private":true}');
  const env = { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', 'artillery@2'], {
    cwd: scratch,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const manifest = readFileSync(join(scratch, 'node_modules', 'artillery', 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
}

function run(scratch: string, url: string): number {
  const script = {
    config: { target: url, phases: [{ duration: 1, arrivalCount: USERS }] },
    scenarios: [{ engine: 'ws', flow: [{ loop: [{ send: 'x'.repeat(100) }], count: MESSAGES_EACH }] }],
  };
  writeFileSync(join(scratch, 'load.json'), JSON.stringify(script));
  execFileSync(
    process.execPath,
    [join('node_modules', 'artillery', 'bin', 'run'), 'run', '--quiet', '--output', 'report.json', 'load.json'],
    {
      cwd: scratch,
      env: { ...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true' },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const { counters, firstMetricAt, lastMetricAt } = report.parse(
    JSON.parse(readFileSync(join(scratch, 'report.json'), 'utf8')),
  ).aggregate;
  return ((counters['websocket.messages_sent'] ?? 0) * 1000) / Math.max(1, lastMetricAt - firstMetricAt);
}
