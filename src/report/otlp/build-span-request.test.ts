import { expect, it } from 'vitest';
import { buildSpanRequest } from './build-span-request.ts';

const message = {
  traceId: '6b336639000000000000000000000102',
  spanId: '6b33663900000102',
  latencyUs: 90_000,
  intendedAtUs: 2_000_000,
  epochUs: 1_764_500_000_000_000,
  shard: 0,
  sequence: 258,
  room: 4,
  sender: 9,
  hops: [
    { name: 'generator', us: 1_000 },
    { name: 'queue', us: 80_000 },
    { name: 'to recipient', us: 9_000 },
  ],
};

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

function spansOf(messages: Parameters<typeof buildSpanRequest>[0]): readonly Span[] {
  const request = buildSpanRequest(messages, 'burst', { run: 'r', version: '1' });
  const { resourceSpans } = request as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
  return resourceSpans[0]!.scopeSpans[0]!.spans;
}

it('is a span of the message, with one for each station below it, without a gap', () => {
  const [whole, ...hops] = spansOf([message]);
  expect(whole).toMatchObject({
    traceId: message.traceId,
    spanId: message.spanId,
    name: 'message',
    startTimeUnixNano: '1764500000000000000',
    endTimeUnixNano: '1764500000090000000',
  });
  expect(hops.map(({ name }) => name)).toEqual(['generator', 'queue', 'to recipient']);
  for (const hop of hops) expect(hop).toMatchObject({ traceId: message.traceId, parentSpanId: message.spanId });
  expect(hops.map(({ startTimeUnixNano }) => startTimeUnixNano)).toEqual([
    whole!.startTimeUnixNano,
    ...hops.slice(0, -1).map(({ endTimeUnixNano }) => endTimeUnixNano),
  ]);
  expect(hops.at(-1)?.endTimeUnixNano).toBe(whole!.endTimeUnixNano);
});

it('has an id of sixteen hexadecimal digits for each, and no two alike', () => {
  const spans = spansOf([message, { ...message, spanId: '6b33663900000103' }]);
  for (const { spanId } of spans) expect(spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
});
