import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ChatbenchError } from '../../errors.ts';
import { MOST_OVERLAID, type OverlaidRun } from '../../report/html/build-overlay.ts';
import type { ListedRun } from '../../report/html/listed-run.ts';
import { renderExperimentPage } from '../../report/html/render-experiment-page.ts';
import { renderHtml } from '../../report/html/render-html.ts';
import { renderListPage } from '../../report/html/render-list-page.ts';
import { readExperiment } from '../../result/experiment-file.ts';
import { readRepeatIndex } from '../../result/repeat-index.ts';
import { readResult } from '../../result/result-file.ts';
import { judgeRun } from '../run/judge-run.ts';
import { followRuns } from './follow-runs.ts';
import { openRunLister, type RunLister } from './list-runs.ts';

const LOOPBACK = '127.0.0.1';
const MOST_FOLLOWERS = 32;

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

export interface ReportServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Lists the runs below a directory and shows their reports, on loopback only. Reports are rendered from result.json, so that no
 * file is ever handed out, and a run is asked for by the name of a directory that is in the list: no path reaches the disk.
 * Requests that another site makes a browser send (a foreign Host, a foreign Origin) are refused.
 *
 * @param port  0: any that is free
 * @throws ChatbenchError `usage` where nothing can listen at the port
 */
export async function serveReports(root: string, port: number): Promise<ReportServer> {
  if (port > 65_535) throw new ChatbenchError('usage', `--port ${port}: expected a port up to 65535`);
  const lister = openRunLister(root);
  const followers = followRuns(lister);
  const server = createServer((request, response) => {
    answer(request, response).catch(() => refuse(response, 500, 'this report cannot be shown'));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (!isOwn(request, (server.address() as AddressInfo).port)) return refuse(response, 403, 'not from here');
    if (request.method !== 'GET') return refuse(response, 405, 'GET only');
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    if (path === '/') {
      const { html, policy } = renderListPage();
      return send(response, 'text/html', html, policy);
    }
    if (path === '/events') {
      if (followers.count() >= MOST_FOLLOWERS) return refuse(response, 503, 'too many followers');
      return followers.add(response, COMMON_HEADERS);
    }
    const html = path === '/compare' ? await compare(new URLSearchParams(query).getAll('run')) : await show(path);
    if (html === null) return refuse(response, 404, 'no such run');
    send(response, 'text/html', html, `frame-ancestors 'none'`);
  };
  /** `/runs/NAME/`, and `/runs/NAME/STEP/report.html` of a step of an experiment; null where there is none. */
  const show = async (path: string): Promise<string | null> => {
    const [, name, step] = /^\/runs\/([^/]+)(?:\/(?:([^/]+)\/report\.html)?)?$/.exec(path) ?? [];
    const run = name === undefined ? undefined : await findRun(lister, name);
    if (run === undefined) return null;
    const directory = join(root, run.name);
    if (step === undefined) return renderReport(directory, run.what);
    if (run.what !== 'experiment') return null;
    const { steps } = await readExperiment(directory);
    const known = steps.find((each) => encodeURIComponent(each.directory.toWellFormed()) === step);
    return known === undefined ? null : renderReport(join(directory, known.directory), 'run');
  };
  /** Runs laid over each other, the first of them in full; null where one of them is no run in the list. */
  const compare = async (names: readonly string[]): Promise<string | null> => {
    if (names.length < 2 || names.length > MOST_OVERLAID) return null;
    const runs = await Promise.all(names.map((name) => findRun(lister, encodeURIComponent(name))));
    if (!runs.every((run) => run?.what === 'run')) return null;
    const [first, ...others] = await Promise.all(names.map((name) => readJudged(join(root, name))));
    return renderHtml(first!.result, first!.verdict, others);
  };
  server.listen(port, LOOPBACK);
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw new ChatbenchError('usage', `--port ${port}: cannot listen there (${cause.code})`, {
      hint: 'leave --port out for one that is free',
      cause,
    });
  });
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`,
    async close() {
      followers.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function renderReport(directory: string, what: ListedRun['what']): Promise<string> {
  if (what === 'experiment') return renderExperimentPage(await readExperiment(directory));
  const index = what === 'repeat' ? await readRepeatIndex(directory) : null;
  const trials = index?.trials.slice(-MOST_OVERLAID).map((trial) => join(directory, trial.directory)) ?? [directory];
  const [first, ...others] = await Promise.all(trials.map(readJudged));
  return renderHtml(first!.result, first!.verdict, others);
}

async function readJudged(directory: string): Promise<OverlaidRun> {
  const result = await readResult(directory);
  return { result, verdict: judgeRun(result) };
}

/** A page elsewhere can make a browser ask, by a name that it points here (Host) or from its own place (Origin). */
function isOwn({ headers }: IncomingMessage, port: number): boolean {
  const hosts = [`${LOOPBACK}:${port}`, `localhost:${port}`];
  if (headers.host === undefined || !hosts.includes(headers.host)) return false;
  const isForeignSite = headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site';
  const isForeignOrigin = headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
  return !isForeignOrigin && !isForeignSite;
}

function hasPage({ what, state }: ListedRun): boolean {
  return what !== 'comparison' && state !== 'running' && state !== 'unreadable';
}

/** By the directory's name as it is on the disk; undefined where it is not in the list. */
async function findRun(lister: RunLister, encoded: string): Promise<ListedRun | undefined> {
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
  const runs = await lister.list();
  return runs.find((run) => run.name === name && hasPage(run));
}

function send(response: ServerResponse, type: string, body: string, policy: string): void {
  response
    .writeHead(200, {
      ...COMMON_HEADERS,
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': policy,
    })
    .end(body);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.writeHead(status, { ...COMMON_HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}
