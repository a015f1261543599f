import { expect, it } from 'vitest';
import { readPlainSend } from '../cluster/wire/client-frame.ts';
import { createMarker } from '../record/marker.ts';
import { selectProtocol } from './select-protocol.ts';
import { traceOf } from './template/traceparent.ts';

const client = { client: 1, room: 2, endpoint: 'ws://127.0.0.1:1/ws', gateway: 0 };
const marker = createMarker('ab12', 3);

it('puts a trace into every message to a room, which the gateway reads, and where its number belongs', async () => {
  const { encodeSend, isTraced } = await selectProtocol('reference', {}, true);
  const { frame, hexOffsets = [] } = encodeSend(client, marker, 64);
  const written = Buffer.from(frame);
  for (const offset of hexOffsets) written.write('00000102', offset, 'latin1');
  const { traceId, spanId } = traceOf(marker, 0x102);
  expect([isTraced, readPlainSend(written.toString())?.traceparent]).toEqual([true, `00-${traceId}-${spanId}-01`]);
});

it('puts it into the header of a message that goes by HTTP, each its own', async () => {
  const { encodeSend } = await selectProtocol({ kind: 'reference', deliver: 'room', send: 'http' }, {}, true);
  const { traceId, spanId } = traceOf(marker, 7);
  expect(encodeSend(client, marker, 64).request?.headersOf?.(7)).toEqual({
    traceparent: `00-${traceId}-${spanId}-01`,
  });
});

it('says what it is given to say, either way', async () => {
  const body = `${marker} grüß dich`;
  for (const spec of ['reference', { kind: 'reference', deliver: 'room', send: 'http' }] as const) {
    const { encodeSend } = await selectProtocol(spec, {}, true);
    const { frame } = encodeSend(client, marker, Buffer.byteLength(body), body);
    expect(JSON.parse(Buffer.from(frame).toString())).toMatchObject({ body });
  }
});

it('leaves messages as they are where nobody asked, and those that are no messages to a room', async () => {
  const plain = await selectProtocol('reference', {});
  const group = await selectProtocol({ kind: 'reference', deliver: 'group', send: 'websocket' }, {}, true);
  for (const { encodeSend, isTraced } of [plain, group]) {
    expect([isTraced, Buffer.from(encodeSend(client, marker, 64).frame).includes('traceparent')]).toEqual([
      undefined,
      false,
    ]);
  }
});
