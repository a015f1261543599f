import type { ChatProtocol } from './chat-protocol.ts';

const NONE: readonly number[] = [];

/** The numbers by which a frame tells which messages it is about; null where the protocol has no such frames. */
export function sequencesReader(
  protocol: Pick<ChatProtocol, 'readSequence' | 'readSequences'>,
): ((frame: Uint8Array) => readonly number[]) | null {
  if (protocol.readSequences !== undefined) return (frame) => protocol.readSequences!(frame);
  if (protocol.readSequence === undefined) return null;
  return (frame) => {
    const sequence = protocol.readSequence!(frame);
    return sequence < 0 ? NONE : [sequence];
  };
}
