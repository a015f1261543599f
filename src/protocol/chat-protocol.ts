import type { Transport } from '../choices.ts';
import type { HopReader } from '../record/hops.ts';

/**
 * The port "how to speak to some chat server". An adapter builds frames and tells received ones apart; correlation is not
 * its business, since every message body carries the marker.
 */
export interface ChatProtocol {
  readonly name: string;
  /** How a client receives; over a WebSocket where absent. By any other way messages are sent by HTTP, and nothing else is. */
  readonly transport?: Transport;
  /** The server sends a message to its sender, too. */
  readonly senderReceives: boolean;
  /**
   * The server acknowledges a message to its sender: with a frame that holds the marker, with one that `readSequence` can
   * read, or with its answer to an HTTP request.
   */
  readonly acknowledges: boolean;
  /** Reads where a message's time went, in a protocol whose frames say so; none where absent or null. */
  readonly hops?: HopReader | null;
  /** Messages have a `traceparent` in them, so that the target may tell of each in traces of its own; absent: they have none. */
  readonly isTraced?: boolean;
  /** What a client sends while it is connected, whether it chats or not; none where absent or null. */
  readonly heartbeat?: Heartbeat | null;
  /** What a client does by HTTP before it connects; nothing where absent or null. */
  readonly login?: Login | null;
  /** Clients have sessions: `ClientIdentity.session` is never absent where something is opened or sent. */
  readonly hasSessions?: boolean;
  /** `open` makes a client a member of all of `ClientIdentity.rooms` over one connection; absent: of one room alone. */
  readonly joinsSeveral?: boolean;

  /** How this client connects and becomes a member of its rooms. */
  open(client: ClientIdentity): Opening;

  /**
   * The frame by which the client sends a message, encoded once: `createMarker` goes wherever the server will carry it
   * to the recipients (and, where it acknowledges, back). `frame` is copied before it is patched.
   */
  encodeSend(client: ClientIdentity, marker: string, payloadBytes: number): SendTemplate;

  /**
   * What stands between the records of one frame, for servers that put several messages into one: all that follows is then
   * asked of each record by itself. Absent or null: a frame is one record; where it is of kind `message`, all markers
   * in it are messages.
   */
  readonly separator?: string | null;

  /**
   * Stands in for `separator` where records are wrapped otherwise: the records of a frame, as the texts that all that follows is asked
   * of. Never throws.
   */
  unwrap?(frame: Uint8Array): readonly Uint8Array[];

  /** What a received frame is. Called for every frame: no parsing, no allocation. */
  classify(frame: Uint8Array): FrameKind;

  /** What the client has to answer to a frame without a marker, such as a server's own heartbeat; null: nothing. */
  answer?(frame: Uint8Array): string | Uint8Array | null;

  /**
   * The sequence of the message that an acknowledgement without a marker is for, or a refusal, which is told by its kind; −1: the
   * frame does not tell.
   */
  readSequence?(frame: Uint8Array): number;

  /** Like `readSequence`, which it stands in for, where one frame may be for several messages; empty: it does not tell. */
  readSequences?(frame: Uint8Array): readonly number[];

  /** The code by which a frame of kind `error` or `limited` says why; null: it names none. */
  readCode?(frame: Uint8Array): string | null;

  /** How a client that missed messages fetches them; absent where the server keeps none. */
  readonly history?: MessageHistory;

  /** How a client lets its room know of more than messages; absent where the protocol does not say. */
  readonly signals?: RoomSignals;

  /** What in the protocol's description made a frame what it is, in a few words for a person. */
  explain?(frame: Uint8Array): string | null;
}

/** The messages of a room, numbered from 1 without gaps by the server, and kept by it. */
export interface MessageHistory {
  /** The number of the message in a frame of kind `message`; −1 where it has none. No parsing, no allocation. */
  readPosition(frame: Uint8Array): number;
  /** http:// or https:// address that answers with the messages behind a position, oldest first, a page at a time. */
  urlAfter(client: ClientIdentity, position: number): string;
  /** The messages of such an answer, as the frames they would have come in. Throws where it is no such answer. */
  readPage(answer: string): readonly Uint8Array[];
}

/** What the members of a room let each other know besides messages: that one types, and how far one has read. */
export interface RoomSignals {
  /** The frame that says that the client types, encoded once. */
  encodeTyping(client: ClientIdentity): Uint8Array;
  /** The frame that says that the client has read its room up to a position, encoded once; it is patched in place. */
  encodeReceipt(client: ClientIdentity): ReceiptTemplate;
  /** Which of both, of another member, a received frame without a marker tells of; null: neither. No parsing, no allocation. */
  readSignal(frame: Uint8Array): 'typing' | 'receipts' | null;
}

export interface ReceiptTemplate {
  readonly frame: Uint8Array;
  /** Where ten characters begin that become the position (see `MessageHistory`), with spaces before its digits. */
  readonly positionOffset: number;
}

export interface Heartbeat {
  readonly everyUs: number;
  /** The frame to send, bytes in a binary one; null: a ping of the WebSocket, or the transport. */
  readonly frame: string | Uint8Array | null;
}

export interface ClientIdentity {
  /** The client's number in the plan, from 0. */
  readonly client: number;
  readonly room: number;
  /** ws:// or wss:// address of the endpoint that this client uses; http:// or https:// where it receives by HTTP. */
  readonly endpoint: string;
  /** All clients of its room, itself included; absent where only addresses are asked for, and where clients are in several rooms. */
  readonly members?: RoomMembers;
  /** All of its rooms, ascending, `room` among them, where clients are in several; absent: `room` is the only one. */
  readonly rooms?: readonly number[];
  /** What is known of its user; absent where nothing is, or only addresses are asked for. */
  readonly session?: ClientSession;
}

/** What a client knows beyond its number: its user, and what it was told by the server so far. */
export interface ClientSession {
  /** Of a column of the file of users as `user.COLUMN`, `user` and `room` where the file names them, or of a captured value; undefined: none. */
  value(name: string): string | undefined;
  /** What the file of users calls a room; undefined: nothing. */
  nameOfRoom?(room: number): string | undefined;
  /** From now on this is the value, and a secret. */
  capture(name: string, value: string): void;
  /** The header `Cookie` for an address; null: none of its cookies is for it. */
  cookieFor(url: string): string | null;
  /** Takes the cookies of an answer's headers `Set-Cookie`. */
  takeCookies(url: string, setCookies: readonly string[]): void;
  /** How far it has received, for transports that go on from there when it comes back; it is theirs. */
  readonly place: ReceivedPlace;
}

export interface ReceivedPlace {
  /** Of the last event with an id, or of the last answer; null: nothing was received. */
  id: string | null;
  /** The server asks to be left alone for so long before a client comes back, µs. */
  retryUs: number;
}

/** One request after the other. */
export interface Login {
  readonly steps: readonly LoginStep[];
  /** HTTP statuses and close codes after which a client logs in again before it comes back. */
  readonly againOn: readonly number[];
  /** Pace of the first logins over all shards; null: as fast as they come through. */
  readonly perSecond: number | null;
  /** Logins of one generator process that may be under way at once. */
  readonly concurrency: number;
}

export interface LoginStep {
  /** Filled in with what the client knows by now. */
  request(client: ClientIdentity): LoginRequest;
  /** Whether the server lets the client on with this status. */
  isExpected(status: number): boolean;
  /** Keeps what is to be captured in the client's session; yields why something is missing, or null. */
  capture(answer: LoginAnswer, session: ClientSession): string | null;
}

export interface LoginRequest {
  readonly method: string;
  /** http:// or https:// address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface LoginAnswer {
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** The clients `first` … `first + count − 1`. */
export interface RoomMembers {
  readonly first: number;
  readonly count: number;
}

export interface Opening extends OpeningStep {
  readonly url: string;
  /** All that is sent over the WebSocket goes in binary frames; in text frames where absent. */
  readonly isBinary?: boolean;
  /** Of transports by HTTP: where the client goes on; from the beginning where absent. */
  readonly place?: ReceivedPlace;
  /** permessage-deflate is offered. */
  readonly isCompressed?: boolean;
  /** Of long-poll: what is asked and how an answer is read. */
  readonly poll?: Poll;
  readonly mqtt?: MqttSession;
  readonly subprotocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Taken one after the other once the opening's own step is over; the client counts as joined after the last. */
  readonly furtherSteps?: readonly OpeningStep[];
}

/** Of transport mqtt: who the client is, and where it publishes and listens. */
export interface MqttSession {
  /** Level of the protocol: 3.1.1 is 4. */
  readonly version: 4 | 5;
  readonly qos: 0 | 1;
  readonly clientId: string;
  readonly username: string | null;
  readonly password: string | null;
  /** Where messages to this room are published. */
  topicOf(room: number): string;
  readonly subscriptions: readonly string[];
  readonly keepAliveUs: number;
  /** False: what the client publishes itself is not sent to it; of version 5. */
  readonly isEchoed: boolean;
}

export interface Poll {
  /** @param place of the last answer; null: there was none */
  urlAfter(place: string | null): string;
  /** The messages of an answer, as frames, and the place behind it, null where it names none. Throws where it is no such answer. */
  read(answer: string): { readonly messages: readonly Uint8Array[]; readonly place: string | null };
}

export interface OpeningStep {
  /**
   * A text as the WebSocket's frames are, bytes in a binary frame. Sent in this order at the step's beginning: the first one's is
   * when the WebSocket is open. Read only then: a step may send what one before it has captured.
   */
  readonly frames: readonly (string | Uint8Array)[];
  /** Frames to wait for before the step is over. */
  readonly readyFrames: number;
  /** Tells the frames that are waited for; where absent, those of kind `ready`. */
  isReady?(frame: Uint8Array): boolean;
  /** Told of each frame that was waited for; yields why the step has failed, or null. */
  onReady?(frame: Uint8Array): string | null;
}

export interface SendTemplate {
  readonly frame: Uint8Array;
  /** Where in the frame the markers begin: all of them get the message's sequence and room. */
  readonly markerOffsets: readonly number[];
  /** Where ten digits begin that become the message's sequence, for servers that want a number; none where absent. */
  readonly sequenceOffsets?: readonly number[];
  /** Where nine digits begin that become the message's sequence, for servers that keep numbers in 32 bits; none where absent. */
  readonly numberOffsets?: readonly number[];
  /** Where eight hexadecimal digits begin that become the message's sequence; none where absent. */
  readonly hexOffsets?: readonly number[];
  /** Where thirteen digits begin that become the time of the write, ms since 1970; none where absent. */
  readonly timeOffsets?: readonly number[];
  /** The message goes out as the body of this HTTP request, not as a WebSocket frame. */
  readonly request?: HttpRequest;
}

export interface HttpRequest {
  readonly method: string;
  /** http:// or https:// address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of its headers, those that differ between messages, by their names: with the trace of one. Absent: none does. */
  readonly headersOf?: (sequence: number) => Readonly<Record<string, string>>;
  /** Requests of one generator process that may be under way at once. */
  readonly connections: number;
}

/**
 * `error`: the server refused a message, or all of them. `limited`: it refused the message because its sender had used up a quota,
 * so that nobody is to get it. `other`: heartbeats, presence, notices: whatever is neither of the rest.
 */
export type FrameKind = 'message' | 'ack' | 'error' | 'limited' | 'ready' | 'other';
