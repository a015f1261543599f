import type { Shard } from '../../plan/run-plan.ts';
import type { ChatProtocol, FrameKind } from '../../protocol/chat-protocol.ts';
import { MarkerReader } from '../../record/marker.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { Traffic } from '../load/create-traffic.ts';
import type { VirtualClient } from './virtual-client.ts';

/** The receiving side: frame → marker → ledger. */
export interface Receiver {
  /** A frame that the client was sent. */
  readonly receive: (client: VirtualClient, frame: Buffer) => void;
  /** A message that the client has fetched. */
  readonly recover: (client: VirtualClient, frame: Buffer) => void;
  /** Told that messages of the client's room passed it by. */
  onGap: (client: VirtualClient) => void;
}

function isRefusal(kind: FrameKind): boolean {
  return kind === 'error' || kind === 'limited';
}

/**
 * @param runUs   µs since run start
 * @param traffic told of what it counts and needs; null: nobody is
 */
export function createReceiver(
  { plan, index }: Shard,
  protocol: ChatProtocol,
  recorder: Recorder,
  runUs: () => number,
  traffic: Traffic | null,
): Receiver {
  const marker = new MarkerReader(plan.runId);
  const { history } = protocol;
  const takeMessage = (client: VirtualClient, frame: Buffer) => {
    const { client: number } = client.identity;
    client.hasReceived = true;
    if (marker.shard === index) recorder.delivered(marker.sequence, marker.room, number, runUs(), frame);
    else recorder.ledger.misroute(marker.room, number, marker.sequence);
    if ((client.memory === null && traffic === null) || history === undefined) return;
    const position = history.readPosition(frame);
    if (position < 0) return;
    traffic?.noteMessage(number, position);
    if (client.memory?.see(position)) receiver.onGap(client);
  };
  const readCode = (frame: Buffer) => protocol.readCode?.(frame) ?? null;
  /** An acknowledgement by number, an error about no message, a server's heartbeat, or nothing of the generator's business. */
  const takeUnmarked = (client: VirtualClient, frame: Buffer) => {
    if (traffic?.takeSignal(frame)) return;
    const sequence = protocol.readSequence?.(frame) ?? -1;
    if (sequence >= 0) recorder.acknowledged(sequence, runUs(), frame);
    if (sequence < 0 && isRefusal(protocol.classify(frame))) recorder.errorSeen(readCode(frame));
    const answer = sequence >= 0 ? null : (protocol.answer?.(frame) ?? null);
    if (answer !== null) client.connection?.sendText(answer);
  };
  const receiver: Receiver = {
    receive(client, frame) {
      if (!marker.read(frame)) {
        takeUnmarked(client, frame);
        return;
      }
      switch (protocol.classify(frame)) {
        case 'message':
          takeMessage(client, frame);
          break;
        case 'ack':
          recorder.acknowledged(marker.sequence, runUs(), frame);
          break;
        case 'limited':
          recorder.limited(marker.sequence, readCode(frame));
          break;
        case 'error':
          recorder.refused(marker.sequence, readCode(frame));
          break;
        default:
          break;
      }
    },
    recover(client, frame) {
      if (!marker.read(frame) || marker.shard !== index) return;
      client.hasReceived = true;
      client.memory?.notePlaced(marker.sequence);
      if (history !== undefined) traffic?.noteMessage(client.identity.client, history.readPosition(frame));
      recorder.fetched(marker.sequence, marker.room, client.identity.client, runUs());
    },
    onGap() {},
  };
  return receiver;
}
