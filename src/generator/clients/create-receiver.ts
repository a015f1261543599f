import type { Shard } from '../../plan/run-plan.ts';
import type { ShardPart } from '../../plan/shard-part.ts';
import type { ChatProtocol, FrameKind } from '../../protocol/chat-protocol.ts';
import { sequencesReader } from '../../protocol/read-sequences.ts';
import { hasRecords } from '../../protocol/split-records.ts';
import { ANY_SHARD, MAX_SEQUENCE, MarkerReader } from '../../record/marker.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { Traffic } from '../load/create-traffic.ts';
import type { Seat } from './seat.ts';
import { type BundledMarker, isRefusal, tellBundle } from './tell-bundle.ts';
import type { VirtualClient } from './virtual-client.ts';

/** The receiving side: frame → markers → ledger. */
export interface Receiver {
  /** A frame that the client was sent; where the protocol has a separator, a record of one. */
  readonly receive: (client: VirtualClient, frame: Buffer) => void;
  /** A message that the client has fetched for this seat's room. */
  readonly recover: (seat: Seat, frame: Buffer) => void;
  /** Told that messages of the seat's room passed its client by. */
  onGap: (seat: Seat) => void;
}

/** Whom a receiver asks and tells. */
export interface ReceiverEnvironment {
  readonly protocol: ChatProtocol;
  readonly recorder: Recorder;
  /** µs since run start. */
  readonly runUs: () => number;
  /** Told of what it counts and needs; null: nobody is. */
  readonly traffic: Traffic | null;
  /** A frame holds several messages, and nothing tells what each of them is. */
  readonly onUntold: () => void;
}

export function createReceiver(
  { plan, index }: Shard,
  { hasSplitRooms }: ShardPart,
  environment: ReceiverEnvironment,
): Receiver {
  const { protocol, recorder, runUs, traffic } = environment;
  const { history } = protocol;
  const marker = new MarkerReader(plan.runId);
  /** What the markers of all messages say that may arrive here. */
  const known = hasSplitRooms ? ANY_SHARD : index;
  const readSequences = sequencesReader(protocol);
  const isByRecord = protocol.isOpaque !== true && hasRecords(protocol);
  const bundleRules = {
    senderReceives: protocol.senderReceives,
    acknowledgesByMarker: protocol.acknowledges && readSequences === null,
  };

  /** One marker of a frame whose kind speaks for it. */
  const take = (client: VirtualClient, frame: Buffer, kind: FrameKind, { shard, sequence, room }: MarkerFields) => {
    switch (kind) {
      case 'message':
        client.hasReceived = true;
        if (shard === known) recorder.delivered(sequence, room, client.seatIn(room).number, runUs(), frame);
        else recorder.ledger.misroute(room, client.seatIn(room).number, sequence);
        break;
      case 'ack':
        recorder.acknowledged(sequence, runUs(), frame);
        break;
      case 'limited':
      case 'error':
        refuse(kind, sequence, frame);
        break;
      default:
        break;
    }
  };
  const readCode = (frame: Buffer) => protocol.readCode?.(frame) ?? null;
  const notePosition = (client: VirtualClient, room: number, frame: Buffer) => {
    if (history === undefined) return;
    const seat = client.seatIn(room);
    if (seat.memory === null && traffic === null) return;
    const position = history.readPosition(frame);
    if (position < 0) return;
    traffic?.noteMessage(seat.number, position);
    if (seat.memory?.see(position)) receiver.onGap(seat);
  };

  /** All markers of a frame, or of a record: the first, the second, which `marker` holds, and those behind it. */
  const takeSeveral = (client: VirtualClient, frame: Buffer, kind: FrameKind, first: MarkerFields) => {
    const markers = [first];
    const seen = new Set([keyOf(first)]);
    do {
      const { shard, sequence, room } = marker;
      const fields = { shard, sequence, room };
      if (!seen.has(keyOf(fields))) markers.push(fields);
      seen.add(keyOf(fields));
    } while (marker.readNext(frame));
    if (isByRecord) for (const one of markers) take(client, frame, kind, one);
    else takeBundle(client, frame, kind, markers);
  };
  const takeBundle = (client: VirtualClient, frame: Buffer, kind: FrameKind, markers: readonly MarkerFields[]) => {
    const told = tellBundle(
      { kind, markers: markers.map((one) => withSender(client, one)), numbers: readSequences?.(frame) ?? NONE },
      bundleRules,
    );
    for (const one of told.delivered) take(client, frame, 'message', one);
    for (const sequence of told.acknowledged) recorder.acknowledged(sequence, runUs(), frame);
    for (const sequence of told.refused) refuse(kind, sequence, frame);
    if (told.isUntold) environment.onUntold();
  };
  const withSender = (client: VirtualClient, fields: MarkerFields): BundledMarker => {
    const sender = fields.shard === known ? recorder.ledger.senderOf(fields.sequence) : NO_SENDER;
    if (sender === NO_SENDER) return { ...fields, sender: 'unknown' };
    return { ...fields, sender: client.has(sender) ? 'self' : 'other' };
  };

  /** An acknowledgement or refusal by number, an error about no message, a server's heartbeat, or none of the generator's business. */
  const takeUnmarked = (client: VirtualClient, frame: Buffer) => {
    if (traffic?.takeSignal(frame)) return;
    const sequences = readSequences?.(frame) ?? NONE;
    const kind = protocol.classify(frame);
    if (!isRefusal(kind)) for (const sequence of sequences) recorder.acknowledged(sequence, runUs(), frame);
    else {
      const own = sequences.filter((sequence) => client.has(recorder.ledger.senderOf(sequence)));
      if (own.length === 1) refuse(kind, own[0]!, frame);
      else if (own.length === 0) recorder.errorSeen(readCode(frame));
      else environment.onUntold();
    }
    const answer = sequences.length > 0 ? null : (protocol.answer?.(frame) ?? null);
    if (answer !== null) client.connection?.sendText(answer, typeof answer !== 'string');
  };
  const refuse = (kind: FrameKind, sequence: number, frame: Buffer) => {
    if (kind === 'limited') recorder.limited(sequence, readCode(frame));
    else recorder.refused(sequence, readCode(frame));
  };

  const receiver: Receiver = {
    receive(client, frame) {
      if (!marker.read(frame)) {
        takeUnmarked(client, frame);
        return;
      }
      const kind = protocol.classify(frame);
      const { shard, sequence, room } = marker;
      // What acknowledges by number may carry a message besides.
      const isBesideNumber = readSequences !== null && !isByRecord && kind !== 'message';
      if (marker.readNext(frame)) takeSeveral(client, frame, kind, { shard, sequence, room });
      else if (isBesideNumber) takeBundle(client, frame, kind, [{ shard, sequence, room }]);
      else take(client, frame, kind, marker);
      if (kind === 'message') notePosition(client, room, frame);
    },
    recover(seat, frame) {
      if (!marker.read(frame) || marker.shard !== known) return;
      seat.client.hasReceived = true;
      seat.memory?.notePlaced(marker.sequence);
      if (history !== undefined) traffic?.noteMessage(seat.number, history.readPosition(frame));
      recorder.fetched(marker.sequence, marker.room, seat.number, runUs());
    },
    onGap() {},
  };
  return receiver;
}

type MarkerFields = Pick<MarkerReader, 'shard' | 'sequence' | 'room'>;

const NONE: readonly number[] = [];
const NO_SENDER = -1;

/** Markers of one run with the same key are of the same message. */
function keyOf({ shard, sequence }: MarkerFields): number {
  return shard * (MAX_SEQUENCE + 1) + sequence;
}
