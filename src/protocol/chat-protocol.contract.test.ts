import { describe, expect, it } from 'vitest';
import { createMarker, MARKER_BYTES, MarkerReader, patchMarker } from '../record/marker.ts';
import { encodeAck, encodeError, encodeJoined } from '../wire/server-frame.ts';
import type { FrameKind } from './chat-protocol.ts';
import { selectProtocol } from './select-protocol.ts';

const client = { client: 17, room: 8, endpoint: 'ws://127.0.0.1:9/ws' };
const marker = createMarker('ab9z', 3);

/** Frames as a server of this protocol sends them, and what they are. */
const SERVER_FRAMES: Record<'reference' | 'echo', readonly (readonly [string, FrameKind])[]> = {
  echo: [[`${marker} hello`, 'message']],
  reference: [
    [encodeJoined('r8'), 'ready'],
    [encodeAck(marker), 'ack'],
    [encodeError(marker, 'overloaded', 'try later'), 'error'],
    [`{"t":"message","id":"${marker}","room":"r8","seq":1,"from":"u16","at":1,"body":"${marker}"}`, 'message'],
    ['{"t":"presence","user":"u1"}', 'other'],
    ['', 'other'],
  ],
};

describe.each(['reference', 'echo'] as const)('the protocol %s', (name) => {
  const protocol = selectProtocol(name);

  it('connects to the endpoint that the client was given', () => {
    expect(protocol.open(client).url.startsWith(client.endpoint)).toBe(true);
  });

  it.each([MARKER_BYTES, 100, 4096])('sends a body of exactly %i bytes that begins with the marker', (payloadBytes) => {
    const { frame, markerOffsets } = protocol.encodeSend(client, marker, payloadBytes);
    const text = frame.toString();
    const body = name === 'echo' ? text : (JSON.parse(text) as { body: string }).body;
    expect(Buffer.byteLength(body)).toBe(payloadBytes);
    expect(body.startsWith(marker)).toBe(true);
    expect(markerOffsets.length).toBe(text.split(marker).length - 1);
  });

  it('lets every marker of a frame be patched in place, without changing anything else', () => {
    const { frame, markerOffsets } = protocol.encodeSend(client, marker, 64);
    const before = frame.toString();
    for (const offset of markerOffsets) patchMarker(frame, offset, 1234, 8);
    const expected = before.replaceAll(marker, marker.replace('.0000000000.000000', '.0000001234.000008'));
    expect(frame.toString()).toBe(expected);
    const reader = new MarkerReader('ab9z');
    expect(reader.read(frame)).toBe(true);
    expect(reader).toMatchObject({ shard: 3, sequence: 1234, room: 8 });
  });

  it('tells the frames of its server apart', () => {
    for (const [text, kind] of SERVER_FRAMES[name]) expect(protocol.classify(Buffer.from(text)), text).toBe(kind);
  });

  it('keeps no history, or one whose pages are frames like those that a client is sent', () => {
    const { history } = protocol;
    if (history === undefined) return;
    const answer = `{"room":"r8","messages":[{"id":"${marker}","seq":41,"from":"u16","at":1,"body":"${marker} \\"x\\""}]}`;
    const [frame, ...others] = history.readPage(answer);
    expect(others).toEqual([]);
    expect(protocol.classify(frame!)).toBe('message');
    expect(history.readPosition(frame!)).toBe(41);
    expect(new MarkerReader('ab9z').read(frame!)).toBe(true);
    expect(new URL(history.urlAfter(client, 40)).searchParams.get('after')).toBe('40');
    expect(() => history.readPage('<html>')).toThrow();
  });

  it('refuses a body too small for the marker', () => {
    expect(() => protocol.encodeSend(client, marker, MARKER_BYTES - 1)).toThrow(RangeError);
  });
});
