import { strict as assert } from 'node:assert';
import { bufferOver } from './buffer-over.ts';
import type { ChatProtocol, ClientIdentity, FrameKind, MessageHistory, OpeningStep } from './protocol/chat-protocol.ts';
import { findMarkerOffsets } from './protocol/find-marker-offsets.ts';
import { sequencesReader } from './protocol/read-sequences.ts';
import { createMarker, MARKER_BYTES, MarkerReader, patchMarker, patchSequence } from './record/marker.ts';

/**
 * What every `ChatProtocol` has to keep, as checks that need no framework: each throws an AssertionError where the protocol
 * does not. With node:test or vitest:
 *
 *     for (const { name, check } of contractChecks) test(name, () => check(protocol, samples));
 */
export interface ContractCheck {
  readonly name: string;
  check(protocol: ChatProtocol, samples: ProtocolSamples): void;
}

/** Frames as the server sends them. */
export interface ProtocolSamples {
  /** Frames with what each is. `marker` stands wherever the server carries the message's text, or its id. */
  frames(marker: string): readonly (readonly [text: string, kind: FrameKind])[];
  /** Frames that the steps of the opening wait for, in order; left out, those of kind `ready`. */
  readonly opening?: readonly string[];
  /** Acknowledgements that carry the number of a message instead of the marker, with that number. */
  readonly numberedAcks?: readonly (readonly [text: string, sequence: number])[];
  /** Errors with the code that each names; null: none. */
  readonly codes?: readonly (readonly [text: string, code: string | null])[];
  /** Of a protocol with `history`. */
  readonly historyPage?: HistoryPage;
}

/** What the server answers at an address of the history. */
export interface HistoryPage {
  /** `marker` stands wherever the server carries a message's text. At least one message. */
  answer(marker: string): string;
  /** The messages' numbers, ascending. */
  readonly positions: readonly number[];
}

const CLIENT: ClientIdentity = { client: 17, room: 8, endpoint: 'ws://127.0.0.1:9/ws' };
const MARKER = createMarker('ab9z', 3);
const SIZES = [MARKER_BYTES, 100, 4096];

export const contractChecks: readonly ContractCheck[] = [
  {
    name: 'connects to a ws:// or wss:// address, or by HTTP to an http one, the same each time for the same client',
    check(protocol) {
      const { url } = protocol.open(CLIENT);
      const { transport = 'websocket' } = protocol;
      const http = /^https?:$/;
      const schemes = {
        websocket: /^wss?:$/,
        mqtt: /^(?:ws|mqtt)s?:$/,
        sse: http,
        'long-poll': http,
        'engine-io': http,
      };
      assert.match(new URL(url).protocol, schemes[transport], `open().url is ${url}`);
      assert.equal(protocol.open(CLIENT).url, url);
    },
  },
  {
    name: 'sends frames that hold the marker, and says where',
    check(protocol) {
      for (const bytes of SIZES) {
        const { frame, markerOffsets } = protocol.encodeSend(CLIENT, MARKER, bytes);
        assert.notEqual(markerOffsets.length, 0, 'markerOffsets is empty');
        assert.deepEqual(
          [...markerOffsets],
          findMarkerOffsets(bufferOver(frame), MARKER),
          `markerOffsets of a body of ${bytes} bytes`,
        );
      }
    },
  },
  {
    name: 'grows a frame by exactly the bytes that its body grows by',
    check(protocol) {
      const [first, ...others] = SIZES.map((bytes) => protocol.encodeSend(CLIENT, MARKER, bytes).frame.length - bytes);
      for (const other of others)
        assert.ok(Math.abs(other - first!) < LENGTH_FIELD_BYTES, 'the envelope grows with the body');
    },
  },
  {
    name: 'lets marker and sequence be patched in place, without changing anything else',
    check(protocol) {
      const { frame, markerOffsets, sequenceOffsets = [] } = protocol.encodeSend(CLIENT, MARKER, 64);
      const patched = Buffer.from(frame);
      for (const offset of sequenceOffsets) {
        assert.equal(patched.toString('latin1', offset, offset + 10), '0000000000', `ten zeros at ${offset}`);
        patchSequence(patched, offset, 1234);
      }
      for (const offset of markerOffsets) patchMarker(patched, offset, 1234, 8);
      const reader = new MarkerReader('ab9z');
      assert.ok(reader.read(patched), 'the marker is found');
      assert.deepEqual([reader.shard, reader.sequence, reader.room], [3, 1234, 8]);
      const restored = Buffer.from(patched);
      for (const offset of markerOffsets) patchMarker(restored, offset, 0, 0);
      for (const offset of sequenceOffsets) patchSequence(restored, offset, 0);
      assert.ok(restored.equals(frame), 'patching back yields the frame that it was');
    },
  },
  {
    name: 'refuses a body too small for the marker',
    check(protocol) {
      assert.throws(() => protocol.encodeSend(CLIENT, MARKER, MARKER_BYTES - 1), RangeError);
    },
  },
  {
    name: 'tells the frames of its server apart',
    check(protocol, samples) {
      for (const [text, kind] of samples.frames(MARKER)) assert.equal(protocol.classify(Buffer.from(text)), kind, text);
    },
  },
  {
    name: 'has a frame for every ready frame that its opening waits for',
    check(protocol, samples) {
      const { furtherSteps = [], ...first } = protocol.open(CLIENT);
      const opening =
        samples.opening ?? samples.frames(MARKER).flatMap(([text, kind]) => (kind === 'ready' ? [text] : []));
      const given = opening.values();
      for (const [index, step] of [first, ...furtherSteps].entries()) takeStep(protocol, step, index, given);
    },
  },
  {
    name: 'can tell which message an acknowledgement is for, where the server acknowledges',
    check(protocol, samples) {
      const isByRequest = protocol.encodeSend(CLIENT, MARKER, 64).request !== undefined;
      if (!protocol.acknowledges || isByRequest) return;
      const numbered = samples.numberedAcks ?? [];
      for (const [text, sequence] of numbered) {
        assert.deepEqual(sequencesReader(protocol)?.(Buffer.from(text)), [sequence], text);
      }
      const acks = samples.frames(MARKER).filter(([, kind]) => kind === 'ack');
      const isMarked = acks.some(([text]) => new MarkerReader('ab9z').read(Buffer.from(text)));
      assert.ok(isMarked || numbered.length > 0, 'no sample of an acknowledgement tells its message');
    },
  },
  {
    name: 'beats at a steady pace, with a frame or a ping, where it has a heartbeat',
    check({ heartbeat = null }) {
      if (heartbeat === null) return;
      const { everyUs, frame } = heartbeat;
      assert.ok(
        Number.isSafeInteger(everyUs) && everyUs > 0,
        `heartbeat.everyUs is ${everyUs}, expected whole µs above 0`,
      );
      assert.ok(frame === null || typeof frame === 'string', 'heartbeat.frame is a text, or null for a ping');
    },
  },
  {
    name: 'reads a code from errors that name one, where it reads codes',
    check(protocol, samples) {
      if (protocol.readCode === undefined) return;
      for (const [text, kind] of samples.frames(MARKER)) {
        if (kind === 'error' || kind === 'limited') assertCode(protocol.readCode(Buffer.from(text)), text);
      }
      for (const [text, code] of samples.codes ?? []) assert.equal(protocol.readCode(Buffer.from(text)), code, text);
    },
  },
  {
    name: 'fetches what a client missed as the frames that it would have got, where it has a history',
    check(protocol, samples) {
      const { history } = protocol;
      if (history === undefined) return;
      checkHistory(history);
      for (const [text, kind] of samples.frames(MARKER)) {
        if (kind === 'message') assertPosition(history.readPosition(Buffer.from(text)), text);
      }
      assert.ok(samples.historyPage !== undefined, 'the samples have no historyPage');
      checkPage(protocol, history, samples.historyPage);
    },
  },
  {
    name: 'survives whatever a server may send',
    check(protocol) {
      const odd = ['', '{', '\0', '[[[', '\uFFFD'.repeat(100), `{"a":${'['.repeat(1000)}`].map((text) =>
        Buffer.from(text),
      );
      for (const frame of [...odd, Buffer.from([0xff, 0xfe, 0x00, 0x80])]) {
        assert.ok(KINDS.includes(protocol.classify(frame)), `classify yields one of ${KINDS.join(', ')}`);
        protocol.answer?.(frame);
        sequencesReader(protocol)?.(frame);
        if (protocol.readCode !== undefined) assertCode(protocol.readCode(frame), frame.toString());
        if (protocol.history !== undefined) assertPosition(protocol.history.readPosition(frame), frame.toString());
      }
    },
  },
];

const KINDS: readonly FrameKind[] = ['message', 'ack', 'error', 'limited', 'ready', 'other'];

/** A length in front of a body may have more digits than another. */
const LENGTH_FIELD_BYTES = 8;

function assertCode(code: string | null, text: string): void {
  assert.ok(code === null || typeof code === 'string', `readCode yields a text or null: ${text}`);
}

function assertPosition(position: number, text: string): void {
  const isPosition = position === -1 || (Number.isSafeInteger(position) && position >= 1);
  assert.ok(isPosition, `history.readPosition yields a number from 1, or -1, not ${position}: ${text}`);
}

function takeStep(protocol: ChatProtocol, step: OpeningStep, index: number, given: IterableIterator<string>): void {
  const isReady = (frame: Buffer) => step.isReady?.(frame) ?? protocol.classify(frame) === 'ready';
  for (let count = 0; count < step.readyFrames; count++) {
    const { value, done } = given.next();
    assert.ok(done !== true, `step ${index + 1} waits for ${step.readyFrames} frames, the samples have ${count}`);
    assert.ok(isReady(Buffer.from(value)), `step ${index + 1} of the opening waits for something else than ${value}`);
  }
}

function checkHistory(history: MessageHistory): void {
  const [first, second] = [history.urlAfter(CLIENT, 40), history.urlAfter(CLIENT, 41)];
  assert.match(new URL(first).protocol, /^https?:$/, `history.urlAfter() is ${first}`);
  assert.equal(history.urlAfter(CLIENT, 40), first);
  assert.notEqual(first, second, 'the address behind another position is another one');
  assert.throws(() => history.readPage('<html>'), 'history.readPage() throws where the answer is no page');
}

function checkPage(protocol: ChatProtocol, history: MessageHistory, page: HistoryPage): void {
  const frames = history.readPage(page.answer(MARKER));
  for (const frame of frames) {
    assert.equal(protocol.classify(frame), 'message', `a frame of the page: ${frame}`);
    assert.ok(new MarkerReader('ab9z').read(bufferOver(frame)), `a frame of the page holds the marker: ${frame}`);
  }
  const positions = frames.map((frame) => history.readPosition(frame));
  assert.deepEqual(positions, [...page.positions], 'positions of the frames of the page, oldest first');
}
