import { expect, it } from 'vitest';
import type { Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../result/run-result.ts';
import { encodeValues } from '../../testing/encode-values.ts';
import { HOSTILE_STRINGS } from '../../testing/hostile-strings.ts';
import { buildResultFixture, buildVerdictFixture } from '../../testing/result-fixture.ts';
import { codeSpan, escapeMarkdown } from './markdown-text.ts';
import { renderMarkdown } from './render-markdown.ts';

const result = buildResultFixture();

it('tells a pass from top to bottom', async () => {
  await expect(renderMarkdown(result, buildVerdictFixture())).toMatchFileSnapshot('./snapshots/pass.md');
});

it('names a missed threshold, and each warning with its remedy', () => {
  const verdict = buildVerdictFixture({
    status: 'fail',
    exitCode: 4,
    thresholds: [{ expression: 'lost == 0', actual: '12', ok: false }],
    warnings: [{ code: 'queue-gaps', invalidates: false, message: 'Two readings failed.', remedy: 'Measure again.' }],
  });
  const text = renderMarkdown(result, verdict);
  expect(text).toMatch(/^## ❌ Fail: burst\n\n\*\*lost == 0 did not hold: it was 12\.\*\*\n/);
  expect(text).toContain('| ❌ | `lost == 0` | 12 |');
  expect(text).toContain('- Two readings failed. (`queue-gaps`)  \n  → Measure again.');
});

it('tells what was broken on purpose, and what of it could not be', () => {
  const timeline = [
    { atUs: 7_000_000, kind: 'fault', text: 'pause gateway-2 for 3 s', fault: 0 },
    { atUs: 10_000_000, kind: 'fault-end', text: 'gateway-2 is as before', fault: 0 },
    { atUs: 19_000_000, kind: 'fault', text: 'kill redis', fault: 1 },
    { atUs: 19_001_000, kind: 'fault-failed', text: 'kill redis: <b>|no', fault: 1 },
  ];
  expect(renderMarkdown({ ...result, timeline }, buildVerdictFixture())).toContain(`
| At | Fault |  |
| ---: | --- | --- |
| 7 s | pause gateway-2 for 3 s | over at 10 s |
| 19 s | kill redis | failed: &lt;b&gt;\\|no |
`);
  expect(renderMarkdown(result, buildVerdictFixture())).not.toContain('Fault');
});

it('tells what clients did beside sending, where they did', () => {
  const latency = encodeValues(new Array(8).fill(20_000));
  const traffic: RunResult['samples']['traffic'] = [
    { kind: 'typing', planned: 50, sent: 48, failed: 2, received: 47, latency: null, lateness: null, own: null },
    { kind: 'history', planned: 9, sent: 9, failed: 1, received: null, latency, lateness: null, own: null },
  ];
  const text = renderMarkdown({ ...result, samples: { ...result.samples, traffic } }, buildVerdictFixture());
  expect(text).toContain('| Beside: typing | 48 of 50 sent, 2 failed, 47 received by others |\n');
  expect(text).toContain('| Beside: history reads | 9 of 9 sent, 1 failed, p50 20.0 ms, p95 20.0 ms |\n');
  expect(renderMarkdown(result, buildVerdictFixture())).not.toContain('Beside');
});

it('lays the figures of the article beside the truth, where they were asked for', () => {
  const article = { postP95Us: 11_200, postsPerSecond: 1_200, queueMaxDepth: 0 };
  const text = renderMarkdown({ ...result, article }, buildVerdictFixture());
  expect(text).toMatch(
    /\| As in the article \| {2}\| The truth \|\n\| --- \| ---: \| --- \|\n\| POST p95 \| 11\.2 ms \| recipients: delivery p95/,
  );
  expect(text).toMatch(/\| queue, at most \| 0 \| every 100 ms: [1-9]\d* \|/);
  expect(renderMarkdown(result, buildVerdictFixture())).not.toContain('article');
});

it('names every public host that was loaded', () => {
  const target = { ...result.target, publicHosts: ['chat.example.org', '203.0.113.7'] };
  const text = renderMarkdown({ ...result, target }, buildVerdictFixture());
  expect(text).toContain(
    '\n\nTarget: public hosts chat.example.org, 203.0.113.7, named by --allow-target\n\n<details>',
  );
  expect(renderMarkdown(result, buildVerdictFixture())).not.toContain('--allow-target');
});

it('lets no foreign text become an element, a mention, a link, or another row', () => {
  const calm = renderMarkdown(...hostileRun('calm')).split('\n').length;
  for (const hostile of HOSTILE_STRINGS) {
    const text = renderMarkdown(...hostileRun(hostile));
    expect(text.split('\n').length, hostile).toBe(calm);
    const outsideCode = text.replaceAll(/(`+) ?.*?[^`]\1(?!`)/g, '');
    expect(outsideCode.replaceAll(/<\/?(?:details|summary)>/g, ''), hostile).not.toMatch(/<|@|https?:/);
  }
});

it('fences code with more backticks than it holds', () => {
  expect(codeSpan('a `` b')).toBe('```a `` b```');
  expect(codeSpan('`')).toBe('`` ` ``');
  expect(escapeMarkdown('a|b *c* @all')).toBe(String.raw`a\|b \*c\* &#64;all`);
});

function hostileRun(text: string): [typeof result, Verdict] {
  const target = { ...result.target, topology: text, components: [{ name: text, version: text }], publicHosts: [text] };
  return [
    {
      ...result,
      scenario: { ...result.scenario, name: text },
      target,
      completeness: { status: 'partial', reason: text },
    },
    buildVerdictFixture({
      status: 'fail',
      exitCode: 4,
      thresholds: [{ expression: text, actual: text, ok: false }],
      warnings: [{ code: 'lateness', invalidates: false, message: text, remedy: text }],
    }),
  ];
}
