import type { SlowMessage } from '../../record/samples.ts';

/** Of `Span.kind`: it sends what another one works on later. */
const PRODUCER = 4;
const INTERNAL = 1;

/**
 * The body of OTLP's `ExportTraceServiceRequest` in its JSON encoding: of each message a span from when it was due to its last delivery, with
 * one for each station that its frame told of in it. Ids are hexadecimal, 64-bit integers strings. The message's span has the id that its
 * `traceparent` names, so that spans of the target itself stand below it.
 */
export function buildSpanRequest(
  messages: readonly SlowMessage[],
  scenario: string,
  { run, version }: { readonly run: string; readonly version: string },
): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': 'chatbench', 'service.version': version }) },
        scopeSpans: [
          {
            scope: { name: 'chatbench', version },
            spans: messages.flatMap((message) =>
              spansOf(message, { 'chatbench.run': run, 'chatbench.scenario': scenario }),
            ),
          },
        ],
      },
    ],
  };
}

function spansOf(message: SlowMessage, common: Readonly<Record<string, string>>): readonly object[] {
  const { traceId, spanId, latencyUs, epochUs, room, sender, sequence, shard, hops } = message;
  const attributes = attributesOf({
    ...common,
    'chatbench.room': String(room),
    'chatbench.sender': String(sender),
    'chatbench.message': `${shard}/${sequence}`,
  });
  const whole = { traceId, spanId, name: 'message', kind: PRODUCER, ...timesOf(epochUs, latencyUs), attributes };
  let atUs = epochUs;
  return [
    whole,
    ...hops.map(({ name, us }, index) => {
      const span = {
        traceId,
        spanId: childOf(spanId, index),
        parentSpanId: spanId,
        name,
        kind: INTERNAL,
        ...timesOf(atUs, us),
        attributes: [],
      };
      atUs += us;
      return span;
    }),
  ];
}

/**
 * An id of its own for each station of a message. Those of messages begin with characters of a run's name, which are below 0x80: with the
 * highest bit set, and the station's number in the rest of that byte, none of them is another message's.
 */
function childOf(spanId: string, index: number): string {
  return (0x80 + (index % 0x80)).toString(16) + spanId.slice(2);
}

function timesOf(fromUs: number, us: number): object {
  const nanoseconds = (at: number) => String(BigInt(Math.round(at)) * 1_000n);
  return { startTimeUnixNano: nanoseconds(fromUs), endTimeUnixNano: nanoseconds(fromUs + us) };
}

function attributesOf(labels: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: value } }));
}
