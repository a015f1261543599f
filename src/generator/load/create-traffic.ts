import { bufferOver } from '../../buffer-over.ts';
import type { TrafficKind } from '../../choices.ts';
import type { PlanLayout } from '../../plan/room-layout.ts';
import type { Shard } from '../../plan/run-plan.ts';
import type { ShardPart } from '../../plan/shard-part.ts';
import { openTrafficSchedule } from '../../plan/traffic-schedule.ts';
import type { RoomSignals } from '../../protocol/chat-protocol.ts';
import type { ClientGroups } from '../../record/group-recorder.ts';
import type { SparseHistogram } from '../../record/histogram.ts';
import { patchPosition } from '../../record/marker.ts';
import type { TrafficReport } from '../../record/samples.ts';
import { TrafficRecorder } from '../../record/traffic-recorder.ts';
import type { Seat } from '../clients/seat.ts';
import type { ShardEnvironment } from '../shard-environment.ts';
import type { Arrivals } from './drive-arrivals.ts';

/** What the shard's clients do beside sending messages. */
export interface Traffic {
  /** The shard's part of the plan, to be played once. */
  readonly arrivals: Arrivals;
  /** A message at this position of its room has been received at the seat. */
  noteMessage(seat: number, position: number): void;
  /** Counts a frame by which another member lets the room know of something; false: it is none. */
  takeSignal(frame: Buffer): boolean;
  /** Reads of history that are not answered yet. */
  readonly underWay: number;
  /** Closes the books: what is not answered by now has failed. */
  report(): readonly TrafficReport<SparseHistogram>[];
  /** What clients of this group did; whom they let know of it is not told apart. */
  reportOf(group: number): readonly TrafficReport<SparseHistogram>[];
}

/**
 * Null where the plan has none, or the protocol does not say how.
 *
 * @param groups of clients
 * @param runUs µs since run start
 * @param blockedUs  as a `LoopObserver` has it
 */
export function createTraffic(
  shard: Shard,
  layout: PlanLayout,
  part: ShardPart,
  seats: ReadonlyMap<number, Seat>,
  groups: ClientGroups | null,
  environment: Pick<ShardEnvironment, 'protocol' | 'fetchText' | 'isPaused'>,
  runUs: () => number,
  blockedUs: (sinceUs: number, nowUs: number) => number,
): Traffic | null {
  const { plan } = shard;
  const { signals, history } = environment.protocol;
  if (plan.traffic.length === 0 || signals === undefined || history === undefined) return null;
  const createRecorders = () => new Map(plan.traffic.map(({ kind }) => [kind, new TrafficRecorder(kind)]));
  const recorders = createRecorders();
  const ofGroups = groups?.names.map(createRecorders) ?? [];
  /** By kind, who is told of what a client of no group does, or of each group. */
  const tellAlone = mapKinds(recorders, (recorder) => [recorder]);
  const tellOfGroups = ofGroups.map((own) => mapKinds(recorders, (recorder, kind) => [recorder, own.get(kind)!]));
  const recordersOf = (kind: TrafficKind, client: number) =>
    (groups === null ? tellAlone : tellOfGroups[groups.groupOf[client]!]!).get(kind)!;
  const positions = new Float64Array(layout.seats);
  const signaller = createSignaller(signals);
  let underWay = 0;

  const readHistory = (seat: Seat, intendedAtUs: number, told: readonly TrafficRecorder[]) => {
    underWay++;
    const url = history.urlAfter(seat.identity, Math.max(0, positions[seat.number]! - LOOK_BACK));
    let sentAtUs = runUs();
    const onSend = () => {
      sentAtUs = runUs();
      for (const recorder of told) recorder.noteLateness(sentAtUs - intendedAtUs);
    };
    void environment.fetchText(url, onSend).then((page) => {
      underWay--;
      const nowUs = runUs();
      const ownUs = sentAtUs - intendedAtUs + blockedUs(sentAtUs, nowUs);
      if (page !== null) for (const recorder of told) recorder.answer(nowUs - intendedAtUs, ownUs);
    });
  };
  const perform = (kind: TrafficKind, seat: Seat, intendedAtUs: number, told: readonly TrafficRecorder[]) => {
    const isFull = kind === 'history' && underWay >= MAX_UNDER_WAY;
    if (!seat.client.canSend || environment.isPaused() || isFull) {
      for (const recorder of told) recorder.skip();
      return;
    }
    for (const recorder of told) recorder.send();
    if (kind === 'typing') signaller.type(seat);
    else if (kind === 'receipts') signaller.read(seat, positions[seat.number]!);
    else readHistory(seat, intendedAtUs, told);
  };
  const cursor = openTrafficSchedule(shard, layout, part);
  const send = () => {
    const { kind, intendedAtUs, measured } = cursor;
    const seat = seats.get(cursor.seat)!;
    perform(kind, seat, intendedAtUs, measured ? recordersOf(kind, seat.client.identity.client) : NOBODY);
  };
  return {
    arrivals: { cursor, send },
    noteMessage(seat, position) {
      if (position > positions[seat]!) positions[seat] = position;
    },
    takeSignal(frame) {
      const kind = signals.readSignal(frame);
      if (kind !== null && runUs() >= plan.phases.warmupUs) recorders.get(kind)?.receive();
      return kind !== null;
    },
    get underWay() {
      return underWay;
    },
    report: () => [...recorders.values()].map((recorder) => recorder.report()),
    reportOf: (group) => [...ofGroups[group]!.values()].map((recorder) => ({ ...recorder.report(), received: null })),
  };
}

function mapKinds<T>(
  recorders: ReadonlyMap<TrafficKind, TrafficRecorder>,
  map: (recorder: TrafficRecorder, kind: TrafficKind) => T,
): ReadonlyMap<TrafficKind, T> {
  return new Map([...recorders].map(([kind, recorder]) => [kind, map(recorder, kind)]));
}

/** Warm-up is told to nobody. */
const NOBODY: readonly TrafficRecorder[] = [];

/** A read begins so many messages before the last one that the client has, as an app does that shows a page of them. */
const LOOK_BACK = 50;

/** Beyond it the server does not answer what it is asked: further reads are not sent, and counted, never queued without end. */
const MAX_UNDER_WAY = 1_000;

/** Encodes the frames of each seat once. */
function createSignaller(signals: RoomSignals) {
  const typingOf = remember(({ identity }) => bufferOver(signals.encodeTyping(identity)));
  const receiptOf = remember(({ identity }) => {
    const { frame, positionOffset } = signals.encodeReceipt(identity);
    return { frame: bufferOver(frame), positionOffset };
  });
  return {
    type(seat: Seat): void {
      seat.client.connection?.sendText(typingOf(seat));
    },
    read(seat: Seat, position: number): void {
      const { frame, positionOffset } = receiptOf(seat);
      patchPosition(frame, positionOffset, position);
      seat.client.connection?.sendText(frame);
    },
  };
}

function remember<T>(encode: (seat: Seat) => T): (seat: Seat) => T {
  const encoded = new Map<number, T>();
  return (seat) => {
    const known = encoded.get(seat.number) ?? encode(seat);
    encoded.set(seat.number, known);
    return known;
  };
}
