import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeExperiment } from '../../result/experiment-file.ts';
import { writeResult } from '../../result/result-file.ts';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { HOSTILE_STRINGS } from '../../testing/hostile-strings.ts';
import { smallResult } from '../../testing/small-result.ts';
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
  mkdirSync(join(root, '2026-11-22T13-05-41-burst-k3f9'));
  mkdirSync(join(root, 'broken'));
  writeFileSync(join(root, 'broken', 'result.json'), '{');
  writeFileSync(join(root, 'secret.txt'), 'secret');
  server = await serveReports(root, 0);
});

afterAll(async () => {
  await server.close();
  rmSync(parent, { recursive: true });
});

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

describe('the server of reports', () => {
  it('lists the runs, those under way included, and tells when one is added', async () => {
    const stop = new AbortController();
    const events = readEvents(stop.signal);
    const first = (await events.next()).value ?? [];
    expect(Object.fromEntries(first.map(({ name, state }) => [name, state]))).toEqual({
      one: 'pass',
      curve: 'fail',
      broken: 'unreadable',
      '2026-11-22T13-05-41-burst-k3f9': 'running',
    });
    await writeResult(join(root, 'two'), smallResult({ scenario: { thresholds: ['delivery.p95 < 1ms'] } }));
    const second = (await events.next()).value ?? [];
    expect(second.find(({ name }) => name === 'two')?.state).toBe('fail');
    stop.abort();
  });

  it.runIf(PAGE_IS_BUILT)('shows the report of a run that is in the list', async () => {
    const { status, body } = await ask('/runs/one');
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
