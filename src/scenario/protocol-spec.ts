import { z } from 'zod';
import { DELIVERS, SEND_WAYS, TRANSPORTS } from '../choices.ts';
import { count, type DataOf } from '../data-schema.ts';

const frameText = z.strictObject({
  text: z.string(),
  /** How values that are filled in are written: in JSON strings, as they are, URL-encoded, or as XML's text. */
  encoding: z.enum(['json', 'text', 'form', 'xml']),
});
export type FrameText = DataOf<typeof frameText>;

const frameTest = z.discriminatedUnion('test', [
  z.strictObject({ test: z.enum(['contains', 'starts-with', 'equals']), text: z.string() }),
  /** On the frame's beginning; a group of an acknowledgement's pattern is the message's {seq}. */
  z.strictObject({ test: z.literal('regex'), pattern: z.string() }),
  /** The member at the path, in the frame as JSON or in the JSON behind a prefix. */
  z.strictObject({
    test: z.literal('json'),
    path: z.array(z.string()),
    equals: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  }),
]);
export type FrameTest = DataOf<typeof frameTest>;

const frameRule = z.array(frameTest);
/** Tests that a frame has to pass, all of them. At least one. */
export type FrameRule = DataOf<typeof frameRule>;

const headers = z.record(z.string(), z.string());

/** Where a value stands in an answer: a member of its JSON, a header, the group of a pattern, a cookie that it sets. */
const captureSpec = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('json'), path: z.array(z.string()) }),
  z.strictObject({ from: z.literal('header'), name: z.string() }),
  z.strictObject({ from: z.literal('regex'), pattern: z.string() }),
  z.strictObject({ from: z.literal('cookie'), name: z.string() }),
]);
export type CaptureSpec = DataOf<typeof captureSpec>;

/** By the name of the placeholder that stands for the value from then on. */
const captures = z.record(z.string(), captureSpec);
export type Captures = DataOf<typeof captures>;

const openingStep = z.strictObject({
  send: z.array(frameText),
  /** null: the step is over at once. */
  await: frameRule.nullable(),
  /** How many such frames. */
  count,
  /** From each of them: from its JSON, or by a pattern. */
  capture: captures.optional(),
});
export type OpeningStepSpec = DataOf<typeof openingStep>;

/** `frame` has placeholders room, user, body, id (the marker) and seq (eleven digits, the first of them 1). */
const send = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('frame'), frame: frameText }),
  z.strictObject({
    by: z.literal('http'),
    method: z.string(),
    /** Placeholders as in the WebSocket's `url`. */
    url: z.string(),
    headers,
    frame: frameText,
    /** Requests of one generator process that may be under way at once. */
    connections: count,
  }),
]);
export type SendSpec = DataOf<typeof send>;

const loginStep = z.strictObject({
  method: z.string(),
  url: z.string(),
  headers,
  body: frameText.nullable(),
  /** "200", or "3xx" for all of its hundred; none: 2xx. */
  expect: z.array(z.string()),
  capture: captures,
});
export type LoginStepSpec = DataOf<typeof loginStep>;

/** What each client does by HTTP before it connects, one step after the other. */
const login = z.strictObject({
  steps: z.array(loginStep).min(1),
  /** HTTP statuses and close codes after which a client logs in again before it comes back. */
  againOn: z.array(count),
  /** Pace of the first logins of all shards together; null: as fast as they come through. */
  perSecond: z.number().nullable(),
  /** Logins of one generator process that may be under way at once. */
  concurrency: count,
});
export type LoginSpec = DataOf<typeof login>;

const usersFile = z.strictObject({
  /** Absolute path. */
  file: z.string(),
  /** With fewer users than clients: an error, or users are several clients each. */
  whenShort: z.enum(['error', 'cycle']),
  /** Columns that are no secrets, besides those of names and rooms. */
  shown: z.array(z.string()),
});
export type UsersFileSpec = DataOf<typeof usersFile>;

/** Of transport long-poll: what is asked again and again, and where in an answer its messages and the next place stand. */
const poll = z.strictObject({
  /** Placeholders as in `url`, and next. */
  url: z.string(),
  messages: z.array(z.string()),
  next: z.array(z.string()),
  /** What {next} is at first. */
  from: z.string(),
});
export type PollSpec = DataOf<typeof poll>;

/** Of transport mqtt: who the client says that it is, and where it publishes and listens. Texts as those of `opening`. */
const mqtt = z.strictObject({
  /** Level of the protocol: 3.1.1 is 4. */
  version: z.union([z.literal(4), z.literal(5)]),
  qos: z.union([z.literal(0), z.literal(1)]),
  topic: z.string(),
  subscribe: z.string(),
  clientId: z.string(),
  username: z.string().nullable(),
  password: z.string().nullable(),
  keepAliveUs: count,
  /** False: a subscriber is not sent what it publishes itself, which version 5 can ask for. */
  isEchoed: z.boolean(),
});
export type MqttSpec = DataOf<typeof mqtt>;

const template = z.strictObject({
  kind: z.literal('template'),
  /** How a report calls it: "template", or the preset's name. */
  name: z.string(),
  /** How a client receives: over a WebSocket, in a stream of server-sent events, or by one HTTP request after the other. */
  transport: z.enum(TRANSPORTS).default('websocket'),
  /** What frames a WebSocket's clients send. */
  frames: z.enum(['text', 'binary']).default('text'),
  /** What frames are, whose content is described as text: MessagePack, or a list that SockJS wraps around it. */
  encoding: z.enum(['text', 'msgpack', 'sockjs']).default('text'),
  /** permessage-deflate is offered. */
  compression: z.boolean().default(false),
  poll: poll.nullable().default(null),
  mqtt: mqtt.nullable().default(null),
  /** Placeholders: endpoint, host, room, user. The last two are URL-encoded, and so are variables. */
  url: z.string(),
  /** Values with the placeholders of `url`, nothing encoded. */
  headers,
  subprotocols: z.array(z.string()),
  /** What room and user number {n} are called. */
  rooms: z.string(),
  users: z.string(),
  /** Who the users are, row by row; null: `users` numbered. */
  usersFile: usersFile.nullable().default(null),
  login: login.nullable().default(null),
  /** One after the other once the WebSocket is open. Placeholders: room, user. */
  opening: z.array(openingStep),
  send,
  /** Its frame null: a WebSocket ping. */
  heartbeat: z.strictObject({ everyUs: count, frame: frameText.nullable() }).nullable(),
  answers: z.array(z.strictObject({ to: frameRule, send: frameText })),
  /** What stands between the records of one frame, to each of which the rules apply; null: a frame is one record. */
  separator: z.string().nullable().default(null),
  /** null: every frame with a marker that is neither acknowledgement nor error. */
  message: frameRule.nullable(),
  /** null: the server does not acknowledge, unless by its answer to an HTTP request. */
  ack: frameRule.nullable(),
  error: frameRule.nullable(),
  senderReceives: z.boolean(),
});
/** A described protocol. */
export type TemplateSpec = DataOf<typeof template>;

/** The reference cluster's protocol used otherwise than by joining rooms and sending to them by WebSocket. */
const reference = z.strictObject({
  kind: z.literal('reference'),
  /**
   * Whom a message goes to. `room`: the members of a room. `direct`: the other one of two users. `group`: those who have
   * subscribed to a group. `everyone`: all who are connected. `presence`: those who watch the sender's status, which it is.
   */
  deliver: z.enum(DELIVERS),
  send: z.enum(SEND_WAYS),
});
export type ReferenceSpec = DataOf<typeof reference>;
export type Deliver = ReferenceSpec['deliver'];
export type SendWay = ReferenceSpec['send'];

/**
 * How to speak to the server, as plain data: it goes to every shard's process and, its secrets redacted, into the result. A noun
 * of the scenario, since that is where it is written down; the protocol port and the fleet import the type alone.
 *
 * Texts may hold placeholders (see `splitPlaceholders`). Environment variables stay names here: their values are looked up
 * where frames are built, and nowhere kept.
 */
export const protocolSpec = z.union([
  /** Adapters that need no description. */
  z.enum(['reference', 'echo']),
  z.discriminatedUnion('kind', [
    reference,
    template,
    /** A TypeScript or JavaScript module that exports a `ChatProtocol` as `protocol`; the path is absolute. */
    z.strictObject({ kind: z.literal('module'), file: z.string() }),
  ]),
]);
export type ProtocolSpec = DataOf<typeof protocolSpec>;
