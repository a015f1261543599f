import { randomBelow, STREAM } from '../random.ts';

/**
 * Which endpoint each client connects to: endpoint numbers 0 … endpoints−1, one per client. Every endpoint gets the same
 * number of clients (± 1), and members of one room are mixed over them at random, so that a room of two lies on one
 * gateway as often as chance would have it.
 *
 * Seeded Fisher–Yates shuffle over the clients, dealt out in turn.
 */
export function placeClients(clients: number, endpoints: number, seed: number): Uint16Array {
  const placement = Uint16Array.from({ length: clients }, (_, client) => client % endpoints);
  for (let i = clients - 1; i > 0; i--) {
    const j = randomBelow(seed, STREAM.placement, i, i + 1);
    const held = placement[i]!;
    placement[i] = placement[j]!;
    placement[j] = held;
  }
  return placement;
}
