import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-article-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const RUN = [
  'run',
  'burst',
  '--rate',
  '100',
  '--duration',
  '2s',
  '--warmup',
  '500ms',
  '--target',
  'embedded',
  '--json',
];

it.concurrent('adds the figures of the article to a run that sends over HTTP, besides those of the recipients', async () => {
  const { stdout } = await runChatbench([...RUN, '--send', 'http', '--as-in-the-article', '--out', out]);
  const summary = summarySchema.parse(JSON.parse(stdout));
  expect(summary.messages).toMatchObject({ sent: 200, acked: 200 });
  expect(summary.deliveries).toMatchObject({ expected: 400, once: 400 });
  expect(summary.article?.postP95Ms).toBeGreaterThan(0);
  expect(summary.article?.postsPerSecond).toBeGreaterThan(0);
  expect(summary.article?.queueMaxDepth).toBeGreaterThanOrEqual(0);
});

it.concurrent('says what to do where messages go by WebSocket', async () => {
  const { stdout, stderr } = await runChatbench([...RUN, '--as-in-the-article', '--out', out]);
  expect(summarySchema.parse(JSON.parse(stdout)).article).toBeNull();
  expect(stderr).toContain('use send: http, or --send http');
});
