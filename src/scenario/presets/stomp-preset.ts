import { namesRoom } from '../../connects-by-room.ts';
import { quantity } from '../file-schemas.ts';
import { type Brought, OPENING_PLACEHOLDERS, template } from '../protocol-schemas.ts';
import type { FrameRule, FrameText, TemplateSpec } from '../protocol-spec.ts';
import * as rules from '../rules.ts';
import { asText, boolean, definePreset, plainPreset, startsWith } from './preset.ts';

interface StompOptions {
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

const DEFAULTS = { host: '/', destination: '/topic/{room}', heartbeatUs: 10_000_000 } as const;

/** Of the time that the server is promised, so that a late heartbeat still is in time. */
const HEARTBEAT_MARGIN = 2;

/** STOMP 1.2 over a WebSocket, a STOMP frame per WebSocket frame. */
function describeStomp(options: StompOptions): TemplateSpec {
  const { receipts } = options;
  const promisedMs = Math.ceil((options.heartbeatUs * HEARTBEAT_MARGIN) / 1000);
  return {
    ...plainPreset('stomp'),
    subprotocols: ['v12.stomp'],
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
            // One connection may listen to several rooms.
            id: namesRoom(options.subscribe) ? '{room}' : '0',
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
    heartbeat: { everyUs: options.heartbeatUs, frame: asText('\n') },
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
  return asText(`${name}\n${lines.join('')}\n${body}\0`);
}

function command(name: string): FrameRule {
  return startsWith(`${name}\n`);
}

/** A header's value, in which STOMP would escape colons and line ends. */
function header(allowed: readonly string[]) {
  return template(allowed, 'a text').refine(
    (value) => /^[^\r\n\0]+$/.test(value.replace(/\$\{env:\w+\}/g, '')) || /^\$\{env:\w+\}$/.test(value),
    { error: 'expected a text on one line' },
  );
}

/** STOMP's own `login` is a header: who logs in by HTTP before says so with a description of its own. */
const keys = (brought: Brought) => {
  const own = header([...OPENING_PLACEHOLDERS, ...brought]).optional();
  return {
    host: header([]).optional(),
    login: own,
    passcode: own,
    destination: own,
    subscribe: own,
    receipts: boolean.optional(),
    heartbeat: quantity(rules.positiveDuration).optional(),
  };
};

export const stompPreset = definePreset('stomp', keys, (given, isEchoed) => {
  const destination = given.destination ?? DEFAULTS.destination;
  return describeStomp({
    host: given.host ?? DEFAULTS.host,
    login: given.login ?? null,
    passcode: given.passcode ?? null,
    destination,
    subscribe: given.subscribe ?? destination,
    receipts: given.receipts ?? true,
    heartbeatUs: given.heartbeat ?? DEFAULTS.heartbeatUs,
    senderReceives: isEchoed ?? true,
  });
});
