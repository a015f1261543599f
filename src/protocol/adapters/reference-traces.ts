import type { ChatProtocol, SendTemplate } from '../chat-protocol.ts';
import { traceparentOf, traceparentOfMessage } from '../template/traceparent.ts';

/**
 * The bundled cluster's protocol with a `traceparent` in every message to a room or a user, which the cluster passes on: the spans of a
 * message that go to a collector have the trace that its recipients were told of.
 */
export function withTraces(protocol: ChatProtocol): ChatProtocol {
  return {
    ...protocol,
    isTraced: true,
    encodeSend(client, marker, payloadBytes, body) {
      const template = protocol.encodeSend(client, marker, payloadBytes, body);
      return template.request === undefined ? traceFrame(template, marker) : traceRequest(template, marker);
    },
  };
}

/** Behind everything else: offsets before it stay what they are. */
function traceFrame(template: SendTemplate, marker: string): SendTemplate {
  const { text, counterOffsets } = traceparentOf(marker);
  const field = Buffer.from(`,"traceparent":"${text}"}`, 'latin1');
  const open = template.frame.subarray(0, -1);
  const textAt = open.length + field.indexOf(text);
  return {
    ...template,
    frame: Buffer.concat([open, field]),
    hexOffsets: [...(template.hexOffsets ?? []), ...counterOffsets.map((offset) => textAt + offset)],
  };
}

function traceRequest(template: SendTemplate, marker: string): SendTemplate {
  const headersOf = (sequence: number) => ({ traceparent: traceparentOfMessage(marker, sequence) });
  return { ...template, request: { ...template.request!, headersOf } };
}
