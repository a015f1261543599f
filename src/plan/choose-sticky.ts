import { randomUint32, STREAM } from '../random.ts';

/**
 * The endpoint that a user sticks to, of those that can be chosen: the one of highest hash(user, endpoint) (rendezvous
 * hashing: Thaler and Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996). The same on every run; where an endpoint
 * goes, only its own users move, evenly to the others, and where it returns they come back.
 *
 * @param candidates endpoint numbers below 1,024, at least one
 */
export function chooseSticky(user: number, candidates: readonly number[]): number {
  let best = candidates[0]!;
  let highest = -1;
  for (const endpoint of candidates) {
    // Of the user alone, and not of the run's seed.
    const weight = randomUint32(0, STREAM.spread, user * MAX_ENDPOINTS + endpoint);
    if (weight > highest) {
      highest = weight;
      best = endpoint;
    }
  }
  return best;
}

const MAX_ENDPOINTS = 1024;
