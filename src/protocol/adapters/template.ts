import type { TemplateSpec } from '../../scenario/protocol-spec.ts';
import type {
  ChatProtocol,
  ClientIdentity,
  FrameKind,
  Heartbeat,
  Opening,
  OpeningStep,
  SendTemplate,
} from '../chat-protocol.ts';
import { padBody } from '../pad-body.ts';
import { readErrorCode } from '../read-error-code.ts';
import { compileRule, describeRule } from '../template/compile-rule.ts';
import { compileSequences } from '../template/compile-sequences.ts';
import { encodeTemplate } from '../template/encode-template.ts';
import {
  escapeFor,
  fillAddress,
  fillFrame,
  fillHeaders,
  type Values,
  type Variables,
  valuesOf,
} from '../template/fill-text.ts';

/**
 * A protocol by its description: `protocol:` of a scenario, Socket.IO, STOMP.
 *
 * @param variables the environment's; every one that the description asks for must be set
 */
export function createTemplateProtocol(spec: TemplateSpec, variables: Variables): ChatProtocol {
  const shared = variablesAlone(variables);
  const fill = (text: string) => fillFrame({ text, encoding: 'text' }, shared);
  const isError = spec.error && compileRule(spec.error, fill);
  const isAck = spec.ack && compileRule(spec.ack, fill);
  const isMessage = spec.message && compileRule(spec.message, fill);
  const answers = spec.answers.map(({ to, send }) => ({
    to,
    matches: compileRule(to, fill),
    text: fillFrame(send, shared),
  }));
  const answerTo = (frame: Buffer) => answers.find(({ matches }) => matches(frame));
  const classify = (frame: Buffer): TemplateKind => {
    if (isError?.(frame)) return 'error';
    if (isAck?.(frame)) return 'ack';
    return isMessage === null || isMessage(frame) ? 'message' : 'other';
  };
  const readSequences = compileSequences(spec, fill);
  return {
    name: spec.name,
    separator: spec.separator,
    senderReceives: spec.senderReceives,
    acknowledges: spec.ack !== null || spec.send.by === 'http',
    heartbeat: createHeartbeat(spec, variables),
    open: (client) => createOpening(spec, valuesOf(spec, client, variables)),
    encodeSend: (client, marker, payloadBytes) => encodeSend(spec, client, marker, payloadBytes, variables),
    classify,
    answer: (frame: Buffer) => answerTo(frame)?.text ?? null,
    ...(readSequences === null
      ? {}
      : {
          readSequences(frame: Buffer) {
            const kind = classify(frame);
            return kind === 'ack' || kind === 'error' ? readSequences(frame, kind) : [];
          },
        }),
    readCode: readErrorCode,
    explain(frame: Buffer) {
      const answered = answerTo(frame);
      return answered === undefined ? explain(spec, classify(frame)) : `answers: ${describeRule(answered.to)}`;
    },
  };
}

function createOpening(spec: TemplateSpec, values: Values): Opening {
  const fill = (text: string) => fillFrame({ text, encoding: 'text' }, values);
  const [first, ...furtherSteps] = spec.opening.map(
    (step): OpeningStep => ({
      frames: step.send.map((frame) => fillFrame(frame, values)),
      readyFrames: step.await === null ? 0 : step.count,
      ...(step.await === null ? {} : { isReady: compileRule(step.await, fill) }),
    }),
  );
  return {
    url: fillAddress(spec.url, values),
    subprotocols: spec.subprotocols.map(fill),
    headers: fillHeaders(spec.headers, values),
    ...(first ?? { frames: [], readyFrames: 0 }),
    furtherSteps,
  };
}

function encodeSend(
  { send, ...spec }: TemplateSpec,
  client: ClientIdentity,
  marker: string,
  payloadBytes: number,
  variables: Variables,
): SendTemplate {
  const values = valuesOf(spec, client, variables);
  const body = padBody(marker, payloadBytes);
  const escaped = escapeFor(send.frame.encoding, values);
  const template = encodeTemplate(send.frame.text, marker, (name) =>
    name === 'body' ? body : name === 'id' ? marker : escaped(name),
  );
  if (send.by === 'frame') return template;
  const { method, url, headers, connections } = send;
  return {
    ...template,
    request: { method, url: fillAddress(url, values), headers: fillHeaders(headers, values), connections },
  };
}

/** A heartbeat is the same for every client. */
function createHeartbeat({ heartbeat }: TemplateSpec, variables: Variables): Heartbeat | null {
  if (heartbeat === null) return null;
  const frame = heartbeat.frame && fillFrame(heartbeat.frame, variablesAlone(variables));
  return { everyUs: heartbeat.everyUs, frame };
}

/** Of frames that a description can tell. */
type TemplateKind = Extract<FrameKind, 'message' | 'ack' | 'error' | 'other'>;

function explain(spec: TemplateSpec, kind: TemplateKind): string | null {
  if (kind === 'other') return null;
  const rule = spec[kind];
  return rule === null ? null : `${kind}: ${describeRule(rule)}`;
}

function variablesAlone(variables: Variables): Values {
  return valuesOf({ rooms: '', users: '' }, { client: 0, room: 0, endpoint: 'ws://localhost' }, variables);
}
