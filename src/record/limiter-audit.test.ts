import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LimiterAudit, type LimiterPromise } from './limiter-audit.ts';

const SECOND_US = 1_000_000;
const TEN_A_SECOND: LimiterPromise = { kind: 'sliding', limit: 10, windowMs: 1_000 };

interface Seen {
  readonly user: number;
  readonly sentAtUs: number;
  /** Null: refused. */
  readonly ackedAtUs: number | null;
}

/** What the audit says of messages, told in the order in which they are sent and acknowledged. */
function audit(promise: LimiterPromise, messages: readonly Seen[], epochUs = 0) {
  const limiter = new LimiterAudit(promise);
  limiter.epochUs = epochUs;
  const events = messages.flatMap(({ user, sentAtUs, ackedAtUs }) => [
    { atUs: sentAtUs, order: 0, tell: () => limiter.offer(user, sentAtUs) },
    ...(ackedAtUs === null
      ? []
      : [{ atUs: ackedAtUs, order: 1, tell: () => limiter.admit(user, sentAtUs, ackedAtUs) }]),
  ]);
  for (const { tell } of events.sort((a, b) => a.atUs - b.atUs || a.order - b.order)) tell();
  return limiter.report();
}

/** `count` messages of user 1, every `everyUs`, each admitted within 500 µs. */
function burst(fromUs: number, count: number, everyUs: number): readonly Seen[] {
  return Array.from({ length: count }, (_, i) => ({
    user: 1,
    sentAtUs: fromUs + i * everyUs,
    ackedAtUs: fromUs + i * everyUs + 500,
  }));
}

describe('the audit of a limiter', () => {
  it('has a message leave the window exactly a window after it was sent', () => {
    const alone = { kind: 'sliding', limit: 1, windowMs: 1_000 } as const;
    const pair = (gapUs: number) => [0, gapUs].map((sentAtUs) => ({ user: 1, sentAtUs, ackedAtUs: sentAtUs }));
    expect(audit(alone, pair(SECOND_US - 1))).toMatchObject({ admittedMax: 2, allowed: 1 });
    expect(audit(alone, pair(SECOND_US))).toMatchObject({ admittedMax: 1, allowed: 2 });
  });

  it('sees twice the limit around the edge of a fixed window, and calls it more than a sliding one promises', () => {
    const edge = [...burst(0.9 * SECOND_US, 10, 1_000), ...burst(SECOND_US, 10, 1_000)];
    expect(audit(TEN_A_SECOND, edge)).toEqual({ admittedMax: 20, admitted: 20, allowed: 10 });
    expect(audit({ ...TEN_A_SECOND, kind: 'fixed' }, edge)).toMatchObject({ admittedMax: 20, allowed: 20 });
  });

  it('takes the edges of fixed windows from the clock, wherever the run began on it', () => {
    const late = burst(0, 20, 1_000);
    expect(audit({ ...TEN_A_SECOND, kind: 'fixed' }, late, 7 * SECOND_US).allowed).toBe(10);
    expect(audit({ ...TEN_A_SECOND, kind: 'fixed' }, late, 7 * SECOND_US - 10_000).allowed).toBe(20);
  });

  it('charges no window with a message that may have been admitted outside of it', () => {
    const first = burst(0, 10, 0);
    const atEdge = { user: 1, sentAtUs: SECOND_US - 100, ackedAtUs: SECOND_US + 100 };
    expect(audit(TEN_A_SECOND, [...first, atEdge]).admittedMax).toBe(10);
    expect(audit(TEN_A_SECOND, [...first, { ...atEdge, ackedAtUs: SECOND_US - 1 }]).admittedMax).toBe(11);
  });

  it('keeps users apart, and stops counting at twice the limit and one', () => {
    const two = burst(0, 10, 0).flatMap((message) => [message, { ...message, user: 2 }]);
    expect(audit(TEN_A_SECOND, two)).toEqual({ admittedMax: 10, admitted: 20, allowed: 20 });
    expect(audit(TEN_A_SECOND, burst(0, 50, 0))).toEqual({ admittedMax: 21, admitted: 50, allowed: 10 });
  });

  it('finds the fullest window, as a search of all of them does', () => {
    const message = fc.record({ sentAtUs: fc.nat({ max: 400 }), tookUs: fc.nat({ max: 60 }), isTaken: fc.boolean() });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 40 }), (drawn) => {
        const promise: LimiterPromise = { kind: 'sliding', limit: 100, windowMs: 0.1 };
        const messages = drawn.map(({ sentAtUs, tookUs, isTaken }) => ({
          user: 1,
          sentAtUs,
          ackedAtUs: isTaken ? sentAtUs + tookUs : null,
        }));
        const admitted = messages.filter(({ ackedAtUs }) => ackedAtUs !== null);
        const counts = admitted.map(
          ({ sentAtUs: fromUs }) =>
            admitted.filter(({ sentAtUs, ackedAtUs }) => sentAtUs >= fromUs && ackedAtUs! < fromUs + 100).length,
        );
        expect(audit(promise, messages).admittedMax).toBe(Math.max(0, ...counts));
      }),
    );
  });
});
