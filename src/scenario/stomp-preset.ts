import { PLAIN } from './plain-template.ts';
import type { FrameRule, FrameText, TemplateSpec } from './protocol-spec.ts';

export interface StompOptions {
  /** Virtual host, as STOMP calls it. */
  readonly host: string;
  /** null: none is sent. */
  readonly login: string | null;
  readonly passcode: string | null;
  /** Where messages are sent, with {room} in it. */
  readonly destination: string;
  /** Where a member listens. */
  readonly subscribe: string;
  /** The server confirms with a RECEIPT what asks for one. */
  readonly receipts: boolean;
  readonly heartbeatUs: number;
  readonly senderReceives: boolean;
}

export const STOMP_DEFAULTS = { host: '/', destination: '/topic/{room}', heartbeatUs: 10_000_000 } as const;

/** Of the time that the server is promised, so that a late heartbeat still is in time. */
const HEARTBEAT_MARGIN = 2;

/** STOMP 1.2 over a WebSocket, a STOMP frame per WebSocket frame. */
export function describeStomp(options: StompOptions): TemplateSpec {
  const { receipts } = options;
  const promisedMs = Math.ceil((options.heartbeatUs * HEARTBEAT_MARGIN) / 1000);
  return {
    ...PLAIN,
    kind: 'template',
    name: 'stomp',
    url: '{endpoint}',
    headers: {},
    subprotocols: ['v12.stomp'],
    rooms: 'r{n}',
    users: 'u{n}',
    opening: [
      {
        send: [
          encode('CONNECT', {
            'accept-version': '1.2',
            host: options.host,
            'heart-beat': `${promisedMs},0`,
            ...(options.login === null ? {} : { login: options.login }),
            ...(options.passcode === null ? {} : { passcode: options.passcode }),
          }),
        ],
        await: command('CONNECTED'),
        count: 1,
      },
      {
        send: [
          encode('SUBSCRIBE', {
            id: '0',
            destination: options.subscribe,
            ack: 'auto',
            ...(receipts ? { receipt: 'subscribed' } : {}),
          }),
        ],
        await: receipts ? command('RECEIPT') : null,
        count: 1,
      },
    ],
    send: {
      by: 'frame',
      frame: encode(
        'SEND',
        { destination: options.destination, 'content-type': 'text/plain', ...(receipts ? { receipt: '{id}' } : {}) },
        '{body}',
      ),
    },
    heartbeat: { everyUs: options.heartbeatUs, frame: { text: '\n', encoding: 'text' } },
    answers: [],
    message: command('MESSAGE'),
    // A broker may send several STOMP frames at once, each of which ends with a NUL and any number of line ends.
    separator: '\0',
    ack: receipts ? command('RECEIPT') : null,
    error: command('ERROR'),
    senderReceives: options.senderReceives,
  };
}

function encode(name: string, headers: Readonly<Record<string, string>>, body = ''): FrameText {
  const lines = Object.entries(headers).map(([header, value]) => `${header}:${value}\n`);
  return { text: `${name}\n${lines.join('')}\n${body}\0`, encoding: 'text' };
}

function command(name: string): FrameRule {
  return [{ test: 'starts-with', text: `${name}\n` }];
}
