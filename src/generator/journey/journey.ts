/**
 * What a module exports as `journey`: what one user does, from beginning to end. Each client that sends begins it again and again, until measure
 * is over; what it then waits for never comes, so that it goes no further.
 */
export type Journey = (client: JourneyClient) => Promise<void>;

/** One virtual user, as its journey sees it. */
export interface JourneyClient {
  /** The client's number in the plan, from 0. */
  readonly number: number;
  /** The room that it is in, by its number; of several, the first. */
  readonly room: number;
  /** All rooms that it is in. */
  readonly rooms: readonly number[];
  /** How often it has begun its journey before. */
  readonly pass: number;
  /**
   * What is known of its user: `user.COLUMN` of the file of users, `user` and `room` where that names them, and what a login or a step of
   * `open` has captured; undefined: nothing.
   */
  value(name: string): string | undefined;
  /** A number from 0 to below 1, drawn by the scenario's seed: the same in every run, whatever others do. */
  random(): number;
  /**
   * Sends a message to a room of its, which is in the ledger like any other.
   *
   * @param room absent: `client.room`
   * @returns settles once all recipients have it, with true; with false where they had not within the delivery timeout, or it could not be sent
   */
  send(room?: number): Promise<boolean>;
  /**
   * Waits for a frame that comes from now on.
   *
   * @param timeoutMs unless given, the delivery timeout
   * @returns its text; rejects where none has come in time
   */
  await(rule: JourneyRule, timeoutMs?: number): Promise<string>;
  /** Waits for so long, ms; with two ends for a time between them that the seed draws. */
  think(leastMs: number, mostMs?: number): Promise<void>;
  /** One request, with the cookies of this client, whose answer's cookies it keeps. Any status is an answer; rejects where there is none. */
  http(request: JourneyRequest): Promise<JourneyAnswer>;
  /** Closes its connection, and so leaves all rooms: it is expected to get nothing until it joins again. Nothing where it has none. */
  leave(room?: number): Promise<void>;
  /** Comes back where it has left, on a new connection. Settles when it is in its room. */
  join(room?: number): Promise<void>;
  /**
   * Times what `work` does as a step of this name, for thresholds (`step.NAME.p95 < 300ms`) and reports. One that rejects has failed.
   *
   * @param name a–z, 0–9 and -, such as `open-thread`
   */
  step<Value>(name: string, work: () => Value | Promise<Value>): Promise<Value>;
}

/** A text that the frame contains, tests that all have to hold, as in a description, or a function of the frame's text. */
export type JourneyRule = string | JourneyTests | ((frame: string) => boolean);

export interface JourneyTests {
  readonly contains?: string;
  readonly 'starts-with'?: string;
  readonly equals?: string;
  /** Of the first 512 bytes. */
  readonly regex?: string | RegExp;
  /** Members of the frame as JSON, by their paths, such as `data.ok`. */
  readonly json?: Readonly<Record<string, unknown>>;
}

export interface JourneyRequest {
  /** POST with a body, else GET. */
  readonly method?: string;
  /** An http:// or https:// address, or a path of the client's endpoint such as `/rooms`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Anything but a text is sent as JSON. */
  readonly body?: unknown;
}

export interface JourneyAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** Throws where the text is none. */
  json(): unknown;
}
