import { randomUint32, STREAM } from '../random.ts';
import type { RunPlan } from './run-plan.ts';

/**
 * The clients that each of the plan's faults happens to: its share of them, rounded to whole clients and at least one, drawn
 * without putting back. What a client draws depends on (seed, fault, client) alone, so every shard chooses the same ones.
 */
export function chooseClients({ clients, clientFaults, seed }: RunPlan): readonly ReadonlySet<number>[] {
  return clientFaults.map(({ share }, fault) => {
    const draws = Uint32Array.from({ length: clients }, (_, client) =>
      randomUint32(seed, STREAM.fault, client + fault * 2 ** 32),
    );
    const drawn = Array.from(draws.keys()).sort((a, b) => draws[a]! - draws[b]! || a - b);
    return new Set(drawn.slice(0, Math.max(1, Math.round(share * clients))));
  });
}
