import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPARISON_FILE } from '../../report/json/comparison-schema.ts';
import { writeExperiment } from '../../result/experiment-file.ts';
import { writeRepeatIndex } from '../../result/repeat-index.ts';
import { writeResult } from '../../result/result-file.ts';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { HOSTILE_STRINGS } from '../../testing/hostile-strings.ts';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { smallResult } from '../../testing/small-result.ts';
import { tellProgress } from '../run/tell-progress.ts';
import { type ReportServer, serveReports } from './serve-reports.ts';

const PAGE_IS_BUILT = existsSync(new URL('../../../dist/report/html/page.js', import.meta.url));

let parent: string;
let root: string;
let server: ReportServer;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'chatbench-serve-'));
  root = join(parent, 'reports');
  await writeResult(join(root, 'one'), smallResult());
  mkdirSync(join(root, 'curve'));
  await writeResult(join(parent, 'outside'), smallResult());
  await writeExperiment(join(root, 'curve'), experimentFixture([stepFixture(100, 2), stepFixture(200, 9)]));
  symlinkSync(join(parent, 'outside'), join(root, 'link'));
  mkdirSync(join(root, '2026-11-22T13-05-41-killed-k3f9'));
  await writeRepeat(join(root, 'trials'));
  mkdirSync(join(root, '2026-11-22T13-05-41-burst-k3f9-ab'));
  writeComparison(join(root, '2026-11-22T13-05-41-burst-k3f9-ab'));
  mkdirSync(join(root, 'broken'));
  writeFileSync(join(root, 'broken', 'result.json'), '{');
  writeFileSync(join(root, 'secret.txt'), 'secret');
  server = await serveReports(root, 0);
});

afterAll(async () => {
  await server.close();
  rmSync(parent, { recursive: true });
});

async function writeRepeat(directory: string): Promise<void> {
  const trials = [];
  for (const [index, verdict] of (['pass', 'fail'] as const).entries()) {
    const name = `trial-0${index + 1}`;
    await writeResult(join(directory, name), smallResult());
    trials.push({ directory: name, id: name, verdict, exitCode: verdict === 'pass' ? 0 : 4, stealRatio: null });
  }
  await writeRepeatIndex(directory, {
    schema: 'chatbench.repeat/1',
    scenario: 'burst',
    startedAt: '2026-11-22T13:05:41.000Z',
    command: ['chatbench'],
    planned: 3,
    exitCode: 4,
    trials,
    maxStealRatio: 0.02,
    overBudget: 0,
    setAside: [],
    figures: { 'delivery.p95': { median: 7.9, least: 7, most: 9 } },
  });
}

function writeComparison(directory: string): void {
  const side = (label: string) => ({ label, runs: 5, invalid: [] });
  const comparison = {
    schema: 'chatbench.comparison/1',
    verdict: 'fail',
    exitCode: 4,
    reasons: ['delivery.p95 is worse'],
    base: side('base'),
    head: side('head'),
    alpha: 0.05,
    floorMs: 1,
    times: [],
    counts: [],
    differences: [],
    cautions: [],
    confirmed: null,
  };
  writeFileSync(join(directory, COMPARISON_FILE), JSON.stringify(comparison));
}

/** One request as it stands on the wire: no client mends its path. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port } = new URL(server.url);
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    asked.on('error', reject).end();
  });
}

/** Events of the stream, one by one. */
async function* readEvents(signal: AbortSignal) {
  const response = await fetch(new URL('/events', server.url), { signal });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield JSON.parse(text.slice('data: '.length, end)) as { name: string; state: string }[];
      text = text.slice(end + 2);
    }
  }
}

async function listNow() {
  for await (const list of readEvents(AbortSignal.timeout(20_000))) return list;
  return [];
}

describe('the server of reports', () => {
  it('lists runs, experiments, repeats and comparisons, and tells when one is added', async () => {
    const stop = new AbortController();
    const events = readEvents(stop.signal);
    const first = (await events.next()).value ?? [];
    expect(Object.fromEntries(first.map(({ name, state }) => [name, state]))).toEqual({
      one: 'pass',
      curve: 'fail',
      broken: 'unreadable',
      trials: 'fail',
      '2026-11-22T13-05-41-burst-k3f9-ab': 'fail',
    });
    const find = (wanted: string) => first.find(({ name }) => name === wanted);
    expect(find('trials')).toMatchObject({ scenario: 'burst', load: 'repeat: 2 of 3 trials', p95: '7.90 ms' });
    expect(find('2026-11-22T13-05-41-burst-k3f9-ab')).toMatchObject({
      scenario: 'burst',
      startedAt: '2026-11-22T13:05:41.000Z',
      load: 'head against base: delivery.p95 is worse',
    });
    await writeResult(join(root, 'two'), smallResult({ scenario: { thresholds: ['delivery.p95 < 1ms'] } }));
    const second = (await events.next()).value ?? [];
    expect(second.find(({ name }) => name === 'two')?.state).toBe('fail');
    stop.abort();
  });

  it('tells how a run under way is doing, as long as it says so itself', async () => {
    const name = '2026-11-22T14-00-00-burst-a1b2';
    mkdirSync(join(root, name));
    const progress = tellProgress(join(root, name), 'burst');
    progress.observe({ ...LIVE_UPDATE, phase: 'measure', elapsedUs: 4_000_000, totalUs: 12_000_000 });
    const find = async () => (await listNow()).find((run) => run.name === name);
    await expect.poll(find).toMatchObject({
      state: 'running',
      scenario: 'burst',
      startedAt: '2026-11-22T14:00:00.000Z',
      load: expect.stringMatching(/^measure, 4 s of 12 s: .*sent, .*delivered$/),
    });
    expect((await ask(`/runs/${name}`)).status).toBe(404);
    progress.begin({ kind: 'step', number: 2, of: 7, label: '1,200/s' });
    await expect.poll(find).toMatchObject({ load: 'step 2 of 7: 1,200/s · starting', p95: '' });
    const opening = { connected: 12_000, clients: 20_000, openedPerSecond: 3_900 };
    progress.observe({ ...LIVE_UPDATE, ...opening, phase: 'connect', overall: null });
    await expect.poll(find).toMatchObject({
      load: 'step 2 of 7: 1,200/s · connect, 12,000 of 20,000 opened, 3,900/s',
    });
    await progress.close();
    expect(readdirSync(join(root, name))).toEqual([]);
    rmSync(join(root, name), { recursive: true });
  });

  it.runIf(PAGE_IS_BUILT)('shows the report of a run that is in the list', async () => {
    const { status, body } = await ask('/runs/one');
    expect(status).toBe(200);
    expect(body).toContain('<title>chatbench report</title>');
  });

  it('takes a repeat whose trials go on for one under way', async () => {
    const progress = tellProgress(join(root, 'trials'), 'burst');
    const stateOf = async () => (await listNow()).find(({ name }) => name === 'trials')?.state;
    await expect.poll(stateOf).toBe('running');
    await progress.close();
    await expect.poll(stateOf).toBe('fail');
  });

  it.runIf(PAGE_IS_BUILT)('lays the trials of a repeat over each other', async () => {
    const { status, body } = await ask('/runs/trials');
    expect(status).toBe(200);
    expect(body).toContain('<title>chatbench report</title>');
  });

  it.runIf(PAGE_IS_BUILT)('shows the report of an experiment that is in the list', async () => {
    const { status, body } = await ask('/runs/curve');
    expect(status).toBe(200);
    expect(body).toContain('<title>chatbench experiment</title>');
  });

  it.each([
    '/runs/..',
    '/runs/%2e%2e',
    '/runs/../outside',
    '/runs/..%2foutside',
    '/runs/%2e%2e%2foutside',
    '/runs/one%2f..%2f..%2foutside',
    '/runs/link',
    '/runs/secret.txt',
    '/runs/one/result.json',
    '/secret.txt',
    '/../outside/result.json',
    '//etc/passwd',
    '/runs//etc/passwd',
    '/runs/%00',
    '/runs/%',
    '/runs/broken',
    '/runs/2026-11-22T13-05-41-burst-k3f9-ab',
    '/runs/one%00',
  ])('hands out nothing at %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('hands out nothing at any hostile name', async () => {
    for (const text of HOSTILE_STRINGS.filter((hostile) => hostile.isWellFormed()))
      expect((await ask(`/runs/${encodeURIComponent(text)}`)).status, text).toBe(404);
  });

  it('answers to its own name only', async () => {
    const { port } = new URL(server.url);
    expect((await ask('/', { host: `localhost:${port}` })).status).toBe(200);
    for (const host of ['rebound.example', `rebound.example:${port}`, '127.0.0.1', `127.0.0.1.example:${port}`])
      expect((await ask('/', { host })).status, host).toBe(403);
  });

  it('refuses what another site makes a browser ask', async () => {
    const own = server.url.slice(0, -1);
    expect((await ask('/events', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask('/', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask('/', { origin: 'null' })).status).toBe(403);
    expect((await ask('/', { origin: own, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('only answers', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await ask('/', {}, method)).status).toBe(405);
  });

  it('says in one line that its port is taken', async () => {
    const port = Number(new URL(server.url).port);
    await expect(serveReports(root, port)).rejects.toThrow(`--port ${port}: cannot listen there (EADDRINUSE)`);
    await expect(serveReports(root, 70_000)).rejects.toThrow('--port 70000: expected a port up to 65535');
  });
});
