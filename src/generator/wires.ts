import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import type { Answers } from '../record/audience.ts';
import type { ClientGroups } from '../record/group-recorder.ts';
import type { UserTable } from '../user-table.ts';
import type { Connector } from './connection.ts';

/** How clients speak to the target. */
export interface Wire {
  readonly protocol: ChatProtocol;
  readonly connector: Connector;
  /** Who they are; null: known by number alone. */
  readonly users: UserTable | null;
}

/** What a shard's clients speak. */
export interface Wires {
  /** Those that there are, the one of all who have none of their own first. */
  readonly all: readonly Wire[];
  /** Position of a client's. */
  positionOf(client: number): number;
  /** What the server does with the messages of each group; null: with all the same. */
  readonly byGroup: readonly (Answers | null)[] | null;
}

/**
 * @param own by group; null or absent: it speaks as all do
 * @param groups of clients
 */
export function layWires(usual: Wire, own: readonly (Wire | null)[], groups: ClientGroups | null): Wires {
  if (groups === null || own.every((wire) => wire === null))
    return { all: [usual], positionOf: () => 0, byGroup: null };
  const all = [usual, ...own.filter((wire) => wire !== null)];
  const positions = Uint8Array.from(own, (wire) => (wire === null ? 0 : all.indexOf(wire)));
  return {
    all,
    positionOf: (client) => positions[groups.groupOf[client]!]!,
    byGroup: own.map((wire) => wire && answersOf(wire.protocol)),
  };
}

function answersOf({ senderReceives, acknowledges }: ChatProtocol): Answers {
  return { senderReceives, expectsAck: acknowledges };
}
