import { strict as assert } from 'node:assert';
import type { ChatProtocol, ClientIdentity, FrameKind, OpeningStep } from './protocol/chat-protocol.ts';
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
}

const CLIENT: ClientIdentity = { client: 17, room: 8, endpoint: 'ws://127.0.0.1:9/ws' };
const MARKER = createMarker('ab9z', 3);
const SIZES = [MARKER_BYTES, 100, 4096];

export const contractChecks: readonly ContractCheck[] = [
  {
    name: 'connects to a ws:// or wss:// address, the same each time for the same client',
    check(protocol) {
      const { url } = protocol.open(CLIENT);
      assert.match(new URL(url).protocol, /^wss?:$/, `open().url is ${url}`);
      assert.equal(protocol.open(CLIENT).url, url);
    },
  },
  {
    name: 'sends frames that hold the marker, and says where',
    check(protocol) {
      for (const bytes of SIZES) {
        const { frame, markerOffsets } = protocol.encodeSend(CLIENT, MARKER, bytes);
        assert.notEqual(markerOffsets.length, 0, 'markerOffsets is empty');
        assert.deepEqual([...markerOffsets], findAll(frame), `markerOffsets of a body of ${bytes} bytes`);
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
        assert.equal(protocol.readSequence?.(Buffer.from(text)), sequence, text);
      }
      const acks = samples.frames(MARKER).filter(([, kind]) => kind === 'ack');
      const isMarked = acks.some(([text]) => new MarkerReader('ab9z').read(Buffer.from(text)));
      assert.ok(isMarked || numbered.length > 0, 'no sample of an acknowledgement tells its message');
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
        protocol.readSequence?.(frame);
      }
    },
  },
];

const KINDS: readonly FrameKind[] = ['message', 'ack', 'error', 'limited', 'ready', 'other'];

/** A length in front of a body may have more digits than another. */
const LENGTH_FIELD_BYTES = 8;

function takeStep(protocol: ChatProtocol, step: OpeningStep, index: number, given: IterableIterator<string>): void {
  const isReady = (frame: Buffer) => step.isReady?.(frame) ?? protocol.classify(frame) === 'ready';
  for (let count = 0; count < step.readyFrames; count++) {
    const { value, done } = given.next();
    assert.ok(done !== true, `step ${index + 1} waits for ${step.readyFrames} frames, the samples have ${count}`);
    assert.ok(isReady(Buffer.from(value)), `step ${index + 1} of the opening waits for something else than ${value}`);
  }
}

function findAll(frame: Buffer): readonly number[] {
  const offsets: number[] = [];
  for (let at = frame.indexOf(MARKER); at >= 0; at = frame.indexOf(MARKER, at + 1)) offsets.push(at);
  return offsets;
}
