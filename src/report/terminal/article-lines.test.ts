import { describe, expect, it } from 'vitest';
import { buildResultFixture } from '../../testing/result-fixture.ts';
import { articleLines } from './article-lines.ts';
import { choosePalette } from './palette.ts';

const ARTICLE = { postP95Us: 11_200, postsPerSecond: 1_200, queueMaxDepth: 0 };

describe('the figures of the article', () => {
  it('stand next to what recipients saw, and say how they came about', () => {
    const text = articleLines(buildResultFixture({ article: ARTICLE }), choosePalette(false)).join('\n');
    expect(text).toMatch(/POST p95 +11\.2 ms +recipients: delivery p95 [\d.]+ ms/);
    expect(text).toMatch(/throughput +1,200\/s +recipients: 1,\d\d\d\/s delivered/);
    expect(text).toMatch(/queue, at most +0 +every 100 ms: [1-9]\d*/);
    expect(text).toMatch(/failures dropped/);
    expect(text).toMatch(/derived from this run's own samples/);
  });

  it('compare messages with messages where each reaches several', () => {
    const { samples } = buildResultFixture();
    const ledger = { ...samples.ledger, expected: 4 * samples.ledger.sent, once: 4 * samples.ledger.sent };
    const result = buildResultFixture({ article: ARTICLE, samples: { ...samples, ledger } });
    expect(articleLines(result, choosePalette(false)).join('\n')).toMatch(
      /recipients: 30\d\/s, 1,\d\d\d\/s deliveries/,
    );
  });

  it('are absent where nobody asked for them, and have no data where there is none', () => {
    expect(articleLines(buildResultFixture(), choosePalette(false))).toEqual([]);
    const nothing = { postP95Us: null, postsPerSecond: null, queueMaxDepth: null };
    const text = articleLines(buildResultFixture({ article: nothing, queue: null }), choosePalette(false)).join('\n');
    expect(text).toMatch(/queue, at most +no data +every 100 ms: no data/);
  });
});
