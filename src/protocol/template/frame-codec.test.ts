import { decode, encode } from '@msgpack/msgpack';
import { expect, it } from 'vitest';
import { fillTemplate } from '../../generator/http/fill-template.ts';
import { createMarker } from '../../record/marker.ts';
import { encodeTemplate } from './encode-template.ts';
import { createFrameCodec } from './frame-codec.ts';

const MARKER = createMarker('ab9z', 3);
const BODY = `${MARKER} "quoted" – ünïcode 🎈`;
const values = (name: string) => (name === 'body' ? BODY : name === 'id' ? MARKER : '');
const FRAME = '{"id":"{id}","n":"{seq}","m":"{seq32}","t":"{now}","u":"{uuid}","text":"{body}"}';

function send(encoding: 'msgpack' | 'sockjs', sequence: number) {
  const codec = createFrameCodec(encoding)!;
  const template = codec.wrapMessage(encodeTemplate({ text: FRAME, encoding: 'json' }, MARKER, values), MARKER);
  return fillTemplate(template, sequence, 12);
}

it.each([
  ['msgpack', (frame: Buffer) => decode(frame)],
  ['sockjs', (frame: Buffer) => JSON.parse(JSON.parse(frame.toString())[0])],
] as const)('%s: what differs between messages is patched where it stands', (encoding, read) => {
  const message = read(send(encoding, 42)) as Record<string, string>;
  const marker = 'Zqcbab9zs003n0000000042r000012';
  expect(message).toMatchObject({ id: marker, n: '10000000042', m: '1000000042', text: BODY.replace(MARKER, marker) });
  expect(message.u).toMatch(/-[0-9a-f]{4}0000002a$/);
  expect(Math.abs(Number(message.t) - Date.now())).toBeLessThan(60_000);
});

it('MessagePack is understood as JSON, each object of a frame by itself', () => {
  const { unwrap } = createFrameCodec('msgpack')!;
  const frame = Buffer.concat([encode({ type: 'message', data: Buffer.from(BODY) }), encode([1, { ok: true }])]);
  expect(unwrap(frame).map((record) => JSON.parse(record.toString()))).toEqual([
    { type: 'message', data: BODY },
    [1, { ok: true }],
  ]);
  const broken = Buffer.from([0xc1, 1, 2]);
  expect(unwrap(broken)).toEqual([broken]);
});

it('frames of SockJS are the texts in them', () => {
  const { unwrap } = createFrameCodec('sockjs')!;
  const recordsOf = (frame: string) => unwrap(Buffer.from(frame)).map(String);
  expect(recordsOf('o')).toEqual(['o']);
  expect(recordsOf('a["{\\"a\\":1}","b"]')).toEqual(['{"a":1}', 'b']);
  expect(recordsOf('c[3000,"Go away!"]')).toEqual(['c[3000,"Go away!"]']);
  expect(recordsOf('a[')).toEqual(['a[']);
});

it('a number that would change its length cannot be patched', () => {
  const codec = createFrameCodec('msgpack')!;
  const encoded = encodeTemplate({ text: '{"n":{seq}}', encoding: 'json' }, MARKER, values);
  expect(() => codec.wrapMessage(encoded, MARKER)).toThrow('as texts in quotes');
});
