import { connectsByRoom } from '../../connects-by-room.ts';
import type { MqttSpec, OpeningStepSpec, PollSpec, TemplateSpec } from '../../scenario/protocol-spec.ts';
import { asHttp } from '../as-http.ts';
import type {
  ChatProtocol,
  ClientIdentity,
  FrameKind,
  Heartbeat,
  MqttSession,
  Opening,
  OpeningStep,
  Poll,
  SendTemplate,
} from '../chat-protocol.ts';
import { padBody } from '../pad-body.ts';
import { readErrorCode } from '../read-error-code.ts';
import { captureFromFrame } from '../template/capture-values.ts';
import { compileLogin } from '../template/compile-login.ts';
import { compileRule, describeRule, type FrameMatcher } from '../template/compile-rule.ts';
import { compileSequences } from '../template/compile-sequences.ts';
import { encodeTemplate } from '../template/encode-template.ts';
import { fillAddress, fillFrame, fillHeaders, type Values, type Variables, valuesOf } from '../template/fill-text.ts';
import { createFrameCodec, type FrameCodec } from '../template/frame-codec.ts';
import { listOpeningSteps } from '../template/list-opening-steps.ts';
import { memberOf } from '../template/member-at.ts';
import { traceparentOfMessage } from '../template/traceparent.ts';
import { withCookies } from '../template/with-cookies.ts';

/**
 * A protocol by its description: `protocol:` of a scenario, Socket.IO, STOMP.
 *
 * @param variables the environment's; every one that the description asks for must be set
 */
export function createTemplateProtocol(spec: TemplateSpec, variables: Variables): ChatProtocol {
  const shared = variablesAlone(variables);
  const fill = (text: string) => fillFrame({ text, encoding: 'text' }, shared);
  const codec = createFrameCodec(spec.encoding);
  const isError = spec.error && compileRule(spec.error, fill);
  const isAck = spec.ack && compileRule(spec.ack, fill);
  const isMessage = spec.message && compileRule(spec.message, fill);
  const answers = spec.answers.map(({ to, send }) => ({
    to,
    matches: compileRule(to, fill),
    text: wrap(codec, fillFrame(send, shared)),
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
    transport: spec.transport,
    ...(connectsByRoom(spec) ? {} : { joinsSeveral: true }),
    separator: spec.separator,
    ...(codec === null ? {} : { unwrap: codec.unwrap }),
    senderReceives: spec.senderReceives,
    acknowledges: spec.ack !== null || spec.send.by === 'http',
    isTraced: JSON.stringify(spec.send).includes(TRACEPARENT),
    heartbeat: createHeartbeat(spec, codec, variables),
    login: compileLogin(spec, variables),
    hasSessions: hasSessions(spec),
    open: (client) => createOpening(spec, codec, client, variables),
    encodeSend: (client, marker, payloadBytes) => encodeSend(spec, codec, client, marker, payloadBytes, variables),
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

const TRACEPARENT = '{traceparent}';

/** Something is known of clients beyond their numbers. */
function hasSessions({ transport, usersFile, login, opening }: TemplateSpec): boolean {
  return (
    receivesByHttp(transport) ||
    usersFile !== null ||
    login !== null ||
    opening.some(({ capture }) => hasMembers(capture))
  );
}

function wrap(codec: FrameCodec | null, text: string): string | Uint8Array {
  return codec === null ? text : codec.wrap(text);
}

function createOpening(
  spec: TemplateSpec,
  codec: FrameCodec | null,
  client: ClientIdentity,
  variables: Variables,
): Opening {
  const values = valuesOf(spec, client, variables);
  const { rooms = [client.room] } = client;
  const valuesIn = (room: number) => valuesOf(spec, { ...client, room }, variables);
  const steps = listOpeningSteps(spec.opening, rooms).map(({ step, room }) =>
    createStep(step, codec, client, room === null || room === client.room ? values : valuesIn(room)),
  );
  const url = addressOf(spec, spec.url, values);
  const { session } = client;
  const [first = { frames: [], readyFrames: 0 }, ...furtherSteps] = steps;
  // Not spread: its frames are filled in when they are read.
  return Object.assign(first, {
    url,
    ...(spec.frames === 'binary' ? { isBinary: true } : {}),
    ...(session === undefined || !receivesByHttp(spec.transport) ? {} : { place: session.place }),
    ...(spec.compression ? { isCompressed: true } : {}),
    ...(spec.mqtt === null ? {} : { mqtt: createMqtt(spec.mqtt, rooms, values, valuesIn) }),
    ...(spec.poll === null ? {} : { poll: createPoll(spec, spec.poll, values) }),
    subprotocols: spec.subprotocols.map((text) => fillFrame({ text, encoding: 'text' }, values)),
    headers: withCookies(fillHeaders(spec.headers, values), client, url),
    furtherSteps,
  });
}

/** Given a WebSocket's address, who receives by HTTP goes to the same place. */
function addressOf({ transport }: TemplateSpec, text: string, values: Values): string {
  const url = fillAddress(text, values);
  return receivesByHttp(transport) ? asHttp(url) : url;
}

function receivesByHttp(transport: TemplateSpec['transport']): boolean {
  return transport === 'sse' || transport === 'long-poll';
}

function createMqtt(
  { version, qos, keepAliveUs, isEchoed, ...texts }: MqttSpec,
  rooms: readonly number[],
  values: Values,
  valuesIn: (room: number) => Values,
): MqttSession {
  const fillWith = (text: string, known: Values) => fillFrame({ text, encoding: 'text' }, known);
  const fill = (text: string) => fillWith(text, values);
  const { clientId, topic, subscribe, username, password } = texts;
  return {
    version,
    qos,
    keepAliveUs,
    isEchoed,
    clientId: fill(clientId),
    topicOf: (room) => fillWith(topic, valuesIn(room)),
    subscriptions: [...new Set(rooms.map((room) => fillWith(subscribe, valuesIn(room))))],
    username: username && fill(username),
    password: password && fill(password),
  };
}

function createPoll(spec: TemplateSpec, { url, messages, next, from }: PollSpec, values: Values): Poll {
  return {
    urlAfter: (place) => addressOf(spec, url, (name) => (name === 'next' ? (place ?? from) : values(name))),
    read(answer) {
      const whole: unknown = JSON.parse(answer);
      const found = memberOf(whole, messages);
      const place = memberOf(whole, next);
      if (!Array.isArray(found)) throw new Error(`no list ${messages.join('.')}`);
      return {
        messages: found.map((message) => Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))),
        place: place === undefined || place === null ? null : String(place),
      };
    },
  };
}

/** Frames and rules of a step that comes after a capture are filled in when its turn has come. */
function createStep(
  step: OpeningStepSpec,
  codec: FrameCodec | null,
  client: ClientIdentity,
  values: Values,
): OpeningStep {
  let matches: FrameMatcher | null = null;
  const { await: awaited, capture = {}, send } = step;
  const { session } = client;
  return {
    get frames() {
      return send.map((frame) => wrap(codec, fillFrame(frame, values)));
    },
    readyFrames: awaited === null ? 0 : step.count,
    ...(awaited === null
      ? {}
      : {
          isReady(frame: Buffer) {
            matches ??= compileRule(awaited, (text) => fillFrame({ text, encoding: 'text' }, values));
            return matches(frame);
          },
        }),
    ...(session === undefined || !hasMembers(capture)
      ? {}
      : { onReady: (frame: Buffer) => captureFromFrame(capture, frame, session) }),
  };
}

function hasMembers(value: object | undefined): boolean {
  return value !== undefined && Object.keys(value).length > 0;
}

function encodeSend(
  { send, ...spec }: TemplateSpec,
  codec: FrameCodec | null,
  client: ClientIdentity,
  marker: string,
  payloadBytes: number,
  variables: Variables,
): SendTemplate {
  const values = valuesOf(spec, client, variables);
  const body = padBody(marker, payloadBytes);
  const template = encodeTemplate(send.frame, marker, (name) =>
    name === 'body' ? body : name === 'id' ? marker : name === 'length' ? String(body.length) : values(name),
  );
  if (send.by === 'frame') return codec === null ? template : codec.wrapMessage(template, marker);
  const { method, connections } = send;
  const url = fillAddress(send.url, values);
  const named = Object.entries(send.headers);
  const traced = Object.fromEntries(named.filter(([, text]) => text.includes(TRACEPARENT)));
  const untraced = Object.fromEntries(named.filter(([, text]) => !text.includes(TRACEPARENT)));
  const headers = withCookies(fillHeaders(untraced, values), client, url);
  const request = { method, url, headers, connections };
  if (!hasMembers(traced)) return { ...template, request };
  const headersOf = (sequence: number) => {
    const traceparent = traceparentOfMessage(marker, sequence);
    return fillHeaders(traced, (name) => (name === 'traceparent' ? traceparent : values(name)));
  };
  return { ...template, request: { ...request, headersOf } };
}

/** A heartbeat is the same for every client. */
function createHeartbeat(
  { heartbeat }: TemplateSpec,
  codec: FrameCodec | null,
  variables: Variables,
): Heartbeat | null {
  if (heartbeat === null) return null;
  const frame = heartbeat.frame && wrap(codec, fillFrame(heartbeat.frame, variablesAlone(variables)));
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
