import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseWeighted, scoreHealth } from '../../plan/choose-by-health.ts';
import { chooseSticky } from '../../plan/choose-sticky.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { spreadClients } from './spread-clients.ts';

const SECOND = 1_000_000;
const endpointCount = fc.integer({ min: 1, max: 12 });

describe('sticky hash', () => {
  it('moves only the users of a gateway that goes, and brings exactly them back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.nat({ max: 100_000 }), fc.nat(), (endpoints, firstUser, pick) => {
        const all = Array.from({ length: endpoints }, (_, endpoint) => endpoint);
        const gone = pick % endpoints;
        const rest = all.filter((endpoint) => endpoint !== gone);
        for (let user = firstUser; user < firstUser + 200; user++) {
          const before = chooseSticky(user, all);
          const during = chooseSticky(user, rest);
          expect(during).not.toBe(gone);
          if (before !== gone) expect(during).toBe(before);
        }
      }),
    );
  });

  it('gives every gateway about the same number of users, and spreads those of one that goes', () => {
    const users = Array.from({ length: 10_000 }, (_, user) => user);
    const all = [0, 1, 2, 3, 4];
    // Binomial(10,000, 1/5): mean 2,000, standard deviation 40.
    for (const count of tally(users.map((user) => chooseSticky(user, all))))
      expect(Math.abs(count - 2_000)).toBeLessThan(200);
    const moved = users.filter((user) => chooseSticky(user, all) === 2).map((user) => chooseSticky(user, [0, 1, 3, 4]));
    for (const count of tally(moved).filter((_, endpoint) => endpoint !== 2))
      expect(Math.abs(count - moved.length / 4)).toBeLessThan(100);
  });

  it('depends on the user alone: another seed changes nothing', () => {
    const place = (seed: number) => {
      const spread = spreadClients('sticky-hash', 100, 4, seed, new VirtualClock());
      return Array.from({ length: 100 }, (_, client) => spread.choose(client, 0));
    };
    expect(place(1)).toEqual(place(2));
  });
});

describe('round robin', () => {
  it('is the plan: as many clients for each gateway, give or take one, the same for one seed, whatever happens', () => {
    fc.assert(
      fc.property(
        endpointCount,
        fc.integer({ min: 1, max: 300 }),
        fc.nat(),
        fc.array(fc.boolean()),
        (endpoints, clients, seed, failures) => {
          const planned = spreadClients('round-robin', clients, endpoints, seed, new VirtualClock());
          const disturbed = spreadClients('round-robin', clients, endpoints, seed, new VirtualClock());
          const choices = Array.from({ length: clients }, (_, client) => {
            const endpoint = disturbed.choose(client, 0);
            if (failures[client % Math.max(1, failures.length)]) disturbed.failed(endpoint);
            expect(endpoint).toBe(planned.endpointOf(client));
            return endpoint;
          });
          const counts = Array.from(
            { length: endpoints },
            (_, endpoint) => choices.filter((choice) => choice === endpoint).length,
          );
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('leads a client that comes back to the next gateway, and not to one that has just failed', () => {
    const clock = new VirtualClock();
    const spread = spreadClients('round-robin', 1, 3, 1, clock);
    const first = spread.choose(0, 0);
    const next = (first + 1) % 3;
    expect(spread.choose(0, 1)).toBe(next);
    spread.failed(next);
    expect(spread.choose(0, 2)).toBe((first + 2) % 3);
    expect(spread.choose(0, 3)).toBe(first);
    // Still avoided a moment later, and tried again after a second.
    expect(spread.choose(0, 4)).toBe((first + 2) % 3);
    clock.block(SECOND);
    spread.choose(0, 5);
    expect(spread.choose(0, 6)).toBe(next);
  });
});

describe('least connections', () => {
  it('counts live ones: however many come and go, no gateway has two more than another when one is opened', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 8 }),
        fc.array(fc.nat({ max: 9 }), { maxLength: 300 }),
        (endpoints, moves) => {
          const spread = spreadClients('least-connections', 1_000, endpoints, 1, new VirtualClock());
          const live = new Array<number>(endpoints).fill(0);
          const open: number[] = [];
          for (const [client, move] of moves.entries()) {
            if (move >= 6 && open.length > 0) {
              const [endpoint] = open.splice(move % open.length, 1);
              live[endpoint!]!--;
              spread.closed(endpoint!);
              continue;
            }
            const endpoint = spread.choose(client, 0);
            expect(live[endpoint]).toBe(Math.min(...live));
            live[endpoint]!++;
            spread.opened(endpoint, 1_000);
            open.push(endpoint);
          }
        },
      ),
    );
  });

  it('is not drawn to a gateway that has no connections because it refuses them', () => {
    const spread = spreadClients('least-connections', 100, 2, 1, new VirtualClock());
    expect(spread.choose(0, 0)).toBe(0);
    spread.failed(0);
    for (let client = 1; client < 10; client++) expect(spread.choose(client, 0)).toBe(1);
  });
});

describe('health', () => {
  it.each([
    [{ attempts: 0, failures: 0, latencyUs: 0 }, 1],
    [{ attempts: 10, failures: 0, latencyUs: 10 * 200_000 }, 0.8],
    [{ attempts: 10, failures: 5, latencyUs: 5 * 200_000 }, 0.55],
    [{ attempts: 10, failures: 0, latencyUs: 10 * 3_000_000 }, 0.5],
    [{ attempts: 10, failures: 10, latencyUs: 0 }, 0.5],
    [{ attempts: 100, failures: 99, latencyUs: 3_000_000 }, 0.005],
  ])('of %j is %f', (health, score) => {
    expect(scoreHealth(health)).toBeCloseTo(score, 10);
  });

  it('is always from 0 to 1', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat({ max: 2 ** 40 }),
        (attempts, ratio, latencyUs) => {
          const score = scoreHealth({ attempts, failures: Math.floor(attempts * ratio), latencyUs });
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('chooses in proportion: each candidate for its share of the draws, and never another', () => {
    const scores = [0.2, 9, 0.6, 0];
    const draws = Array.from({ length: 8_000 }, (_, i) => chooseWeighted([0, 2, 3], scores, i / 8_000));
    expect(tally(draws)).toEqual([2_000, 0, 6_000]);
    expect(tally(Array.from({ length: 100 }, (_, i) => chooseWeighted([0, 1], [0, 0], i / 100)))).toEqual([50, 50]);
  });

  it('leads fewer clients to a slow gateway', () => {
    const spread = spreadClients('health', 10_000, 2, 7, new VirtualClock());
    spread.opened(0, 500_000);
    const choices = Array.from({ length: 10_000 }, (_, client) => spread.choose(client, 0));
    // Scores 0.5 and 1: a third of the clients, standard deviation 47.
    expect(Math.abs(tally(choices)[0]! - 3_333)).toBeLessThan(5 * 47);
  });
});

function tally(endpoints: readonly number[]): number[] {
  const counts: number[] = [];
  for (const endpoint of endpoints) counts[endpoint] = (counts[endpoint] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
}
