import type { DELIVERS, SEND_WAYS } from '../choices.ts';

/**
 * How to speak to the server, as plain data: it goes to every shard's process and into the result. A noun of the scenario,
 * since that is where it is written down; the protocol port and the fleet import the type alone.
 *
 * Texts may hold placeholders (see `splitPlaceholders`). Environment variables stay names here: their values are looked up
 * where frames are built, and nowhere kept.
 */
export type ProtocolSpec = ProtocolName | ReferenceSpec | TemplateSpec | ModuleSpec;

/** Adapters that need no description. */
export type ProtocolName = 'reference' | 'echo';

/** The reference cluster's protocol used otherwise than by joining rooms and sending to them by WebSocket. */
export interface ReferenceSpec {
  readonly kind: 'reference';
  readonly deliver: Deliver;
  readonly send: SendWay;
}

/**
 * Whom a message goes to. `room`: the members of a room. `direct`: the other one of two users. `group`: those who have
 * subscribed to a group. `everyone`: all who are connected. `presence`: those who watch the sender's status, which it is.
 */
export type Deliver = (typeof DELIVERS)[number];

export type SendWay = (typeof SEND_WAYS)[number];

/** A TypeScript or JavaScript module that exports a `ChatProtocol` as `protocol`. */
export interface ModuleSpec {
  readonly kind: 'module';
  /** Absolute path. */
  readonly file: string;
}

/** A described protocol. */
export interface TemplateSpec {
  readonly kind: 'template';
  /** How a report calls it: "template", or the preset's name. */
  readonly name: string;
  /** Placeholders: endpoint, host, room, user. The last two are URL-encoded, and so are variables. */
  readonly url: string;
  /** Values with the placeholders of `url`, nothing encoded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
  /** What room and user number {n} are called. */
  readonly rooms: string;
  readonly users: string;
  /** One after the other once the WebSocket is open. Placeholders: room, user. */
  readonly opening: readonly OpeningStepSpec[];
  readonly send: SendSpec;
  readonly heartbeat: HeartbeatSpec | null;
  readonly answers: readonly AnswerSpec[];
  /** null: every frame with a marker that is neither acknowledgement nor error. */
  readonly message: FrameRule | null;
  /** null: the server does not acknowledge, unless by its answer to an HTTP request. */
  readonly ack: FrameRule | null;
  readonly error: FrameRule | null;
  readonly senderReceives: boolean;
}

export interface FrameText {
  readonly text: string;
  /** Whether variables that are filled in stand in JSON strings. */
  readonly encoding: 'json' | 'text';
}

export interface OpeningStepSpec {
  readonly send: readonly FrameText[];
  /** null: the step is over at once. */
  readonly await: FrameRule | null;
  /** How many such frames. */
  readonly count: number;
}

/** `frame` has placeholders room, user, body, id (the marker) and seq (eleven digits, the first of them 1). */
export type SendSpec =
  | { readonly by: 'frame'; readonly frame: FrameText }
  | {
      readonly by: 'http';
      readonly method: string;
      /** Placeholders as in the WebSocket's `url`. */
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly frame: FrameText;
      /** Requests of one generator process that may be under way at once. */
      readonly connections: number;
    };

export interface HeartbeatSpec {
  readonly everyUs: number;
  /** null: a WebSocket ping. */
  readonly frame: FrameText | null;
}

export interface AnswerSpec {
  readonly to: FrameRule;
  readonly send: FrameText;
}

/** Tests that a frame has to pass, all of them. At least one. */
export type FrameRule = readonly FrameTest[];

export type FrameTest =
  | { readonly test: 'contains' | 'starts-with' | 'equals'; readonly text: string }
  /** On the frame's beginning; a group of an acknowledgement's pattern is the message's {seq}. */
  | { readonly test: 'regex'; readonly pattern: string }
  /** The member at the path, in the frame as JSON or in the JSON behind a prefix. */
  | { readonly test: 'json'; readonly path: readonly string[]; readonly equals: string | number | boolean | null };
