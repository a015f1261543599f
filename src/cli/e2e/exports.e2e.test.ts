import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { runChatbench } from '../../testing/run-chatbench.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-exports-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

let collector: Server;
afterEach(() => collector?.close());

/** Takes pushes; `bodies` is what came. */
async function startCollector() {
  const bodies: string[] = [];
  collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  return { url: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`, bodies };
}

const LOAD = ['--rate', '20', '--duration', '1s', '--warmup', '0s', '--no-report', '--json'];

describe('a collector is told of every command that drives load', () => {
  it.each([
    ['repeat', ['run', 'burst', '--target', 'embedded', '--repeat', '2', '--max-trials', '2']],
    ['matrix', ['matrix', 'burst', '--target', 'embedded', '--topology', 'worker,pubsub']],
    ['ab', ['ab', 'burst', '--base', 'embedded', '--head', 'embedded', '--repeat', '1', '--max-trials', '1']],
  ])('%s', async (name, command) => {
    const { url, bodies } = await startCollector();
    const prometheus = ['--prometheus', '127.0.0.1:0'];
    const { stderr } = await runChatbench([
      ...command,
      ...LOAD,
      ...prometheus,
      '--otlp',
      url,
      '--out',
      join(out, name),
    ]);
    expect(stderr).toMatch(/metrics are at http:\/\/127\.0\.0\.1:\d+\/metrics/);
    const last = bodies.at(-1) ?? stderr;
    expect(last).toContain('chatbench.messages_sent');
    expect(last).toContain('{"key":"target","value":{"stringValue":"embedded"}}');
  });
});
