import { monotonicUs } from '../clock.ts';
import type { Fleet } from './fleet.ts';
import { startShardProcess } from './shard-handle.ts';

/** Long enough for every shard to hear of it before it comes. */
const START_DELAY_US = 50_000;

/**
 * Shards as processes of this machine, one each.
 *
 * @param patienceTicks  seconds without a word after which a shard is given up; 30 by default
 */
export function createLocalFleet(patienceTicks?: number): Fleet {
  return {
    startShard: (assignment, listener) => startShardProcess(assignment, listener, patienceTicks),
    agreeOnStart: async () => monotonicUs() + START_DELAY_US,
  };
}
