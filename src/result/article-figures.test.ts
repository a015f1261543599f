import { describe, expect, it } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { deriveArticle, maxHeldDepth } from './article-figures.ts';

const SECOND_US = 1_000_000;

/** One sample each second: a backlog of 4,000 from 6 s to 9 s, between two refreshes. */
const QUEUE = {
  source: 'amqp' as const,
  intervalMs: 1_000,
  gaps: 0,
  atUs: Array.from({ length: 14 }, (_, second) => second * SECOND_US),
  ready: Array.from({ length: 14 }, (_, second) => (second >= 6 && second < 9 ? 4_000 : second === 10 ? 7 : 0)),
  inFlight: Array.from({ length: 14 }, () => 1),
};

describe('the figures of the article', () => {
  it('leave out the backlog that statistics of 5 s do not see, and the seconds in which nothing was answered', () => {
    const latency = encodeValues(Array.from({ length: 100 }, (_, i) => (i < 90 ? 1_000 : 20_000)));
    const perSecond = [
      [4, 300],
      [9, 100],
    ] as const;
    const article = deriveArticle({ latency, perSecond }, QUEUE, 3 * SECOND_US);
    expect(article).toMatchObject({ postsPerSecond: 200, queueMaxDepth: 8 });
    expect(article!.postP95Us! / 20_000).toBeCloseTo(1, 2);
  });

  it('are none without sends over HTTP, and have no data where there is none', () => {
    expect(deriveArticle(null, QUEUE, 0)).toBeNull();
    expect(deriveArticle({ latency: '', perSecond: [] }, null, 0)).toEqual({
      postP95Us: null,
      postsPerSecond: null,
      queueMaxDepth: null,
    });
  });

  it('hold a value for 5 s, also the one from before measure', () => {
    const early = { ...QUEUE, ready: QUEUE.ready.map((_, second) => (second === 5 ? 50 : second === 10 ? 2 : 0)) };
    expect(maxHeldDepth(early, 9 * SECOND_US)).toBe(51);
    expect(maxHeldDepth(early, 10 * SECOND_US)).toBe(3);
    expect(maxHeldDepth({ atUs: [], ready: [], inFlight: [] }, 0)).toBeNull();
  });
});
