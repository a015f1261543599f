import type { FrameKind } from '../../protocol/chat-protocol.ts';

/** What a frame without a separator is about, by whose messages they are. */
export interface Bundle {
  /** Of the whole frame, by the rules. */
  readonly kind: FrameKind;
  /** Different ones, in their order. */
  readonly markers: readonly BundledMarker[];
  /** Sequences that the frame names by number. */
  readonly numbers: readonly number[];
}

export interface BundledMarker {
  readonly shard: number;
  readonly sequence: number;
  readonly room: number;
  /** Whose message it is; `unknown`: nothing is expected of it any more, or it is none of this shard. */
  readonly sender: 'self' | 'other' | 'unknown';
}

/** What became of which messages. */
export interface ToldBundle {
  readonly delivered: readonly BundledMarker[];
  readonly acknowledged: readonly number[];
  readonly refused: readonly number[];
  /** Something in it cannot be told: neither who is to blame, nor whether anybody is. */
  readonly isUntold: boolean;
}

export interface BundleRules {
  readonly senderReceives: boolean;
  /** Acknowledgements carry the marker. */
  readonly acknowledgesByMarker: boolean;
}

/**
 * Tells apart what a server has joined into one frame where the description names no separator. A rule then speaks for the frame as a
 * whole, and matches where one of its records does: of a frame that is an acknowledgement, markers of the client's own messages are
 * acknowledged, and those of others are messages. Where the sender gets its own messages, or where one of several of its own was
 * refused, nobody can tell.
 */
export function tellBundle({ kind, markers, numbers }: Bundle, rules: BundleRules): ToldBundle {
  const own = markers.filter(({ sender }) => sender === 'self');
  const ofOthers = markers.filter(({ sender }) => sender === 'other');
  const isSeveral = markers.length + numbers.length > 1;
  if (kind === 'message') {
    const isHiddenAck = own.length > 0 && !rules.senderReceives && rules.acknowledgesByMarker;
    return { ...NOTHING, delivered: isHiddenAck ? ofOthers : markers, isUntold: isHiddenAck };
  }
  if (kind !== 'ack' && !isRefusal(kind)) return { ...NOTHING, isUntold: isSeveral };
  const isByNumber = numbers.length > 0;
  const named = isByNumber ? numbers : own.map(({ sequence }) => sequence);
  const ownCopies = isByNumber && rules.senderReceives ? own.filter(({ sequence }) => !numbers.includes(sequence)) : [];
  const delivered = [...ofOthers, ...ownCopies];
  const mayBeCopies = !isByNumber && rules.senderReceives && isSeveral;
  if (kind === 'ack') return { ...NOTHING, delivered, acknowledged: named, isUntold: mayBeCopies };
  if (named.length > 1) return { ...NOTHING, delivered, isUntold: true };
  return { ...NOTHING, delivered, refused: named, isUntold: mayBeCopies };
}

/** The same of a record of its own: its kind speaks for all that it names. */
export function tellRecord({ kind, markers, numbers }: Bundle): ToldBundle {
  const named = numbers.length > 0 ? numbers : markers.map(({ sequence }) => sequence);
  if (kind === 'message') return { ...NOTHING, delivered: markers };
  if (kind === 'ack') return { ...NOTHING, acknowledged: named };
  return isRefusal(kind) ? { ...NOTHING, refused: named } : NOTHING;
}

export function isRefusal(kind: FrameKind): boolean {
  return kind === 'error' || kind === 'limited';
}

const NOTHING: ToldBundle = { delivered: [], acknowledged: [], refused: [], isUntold: false };
