import { namesRoom } from '../../connects-by-room.ts';
import type { Brought } from '../protocol-schemas.ts';
import {
  asJson,
  asText,
  definePreset,
  equals,
  openingText,
  plainPreset,
  sent,
  startsWith,
  step,
  within,
} from './preset.ts';

const WORD = 'a text without blanks';

const keys = (brought: Brought) => {
  const word = openingText(brought, WORD).refine((text) => !/\s/.test(text), { error: `expected ${WORD}` });
  return { subject: word.optional(), user: word.optional(), pass: word.optional(), token: word.optional() };
};

/** Of one connection, each subscription has a name of its own. */
function subscriptionOf(subject: string): string {
  return namesRoom(subject) ? '{room}' : '1';
}

/**
 * NATS's client protocol over the WebSocket of nats-server. A subject is a room; who publishes gets the message, too, unless it is said
 * that the sender receives nothing. NATS acknowledges no message.
 */
export const natsPreset = definePreset(
  'nats',
  keys,
  ({ subject = 'chat.{room}', user, pass, token }, isEchoed = true) => ({
    ...plainPreset('nats'),
    opening: [
      step([], startsWith('INFO ')),
      // The answer to the ping comes after what the subscription may be refused for.
      step(
        [
          within(
            'CONNECT ',
            asJson({
              verbose: false,
              pedantic: false,
              echo: isEchoed,
              lang: 'chatbench',
              version: '1',
              user,
              pass,
              auth_token: token,
            }),
            '\r\n',
          ),
          asText(`SUB ${subject} ${subscriptionOf(subject)}\r\nPING\r\n`),
        ],
        equals('PONG'),
      ),
    ],
    send: sent(asText(`PUB ${subject} {length}\r\n{body}\r\n`)),
    answers: [{ to: equals('PING'), send: asText('PONG\r\n') }],
    separator: '\r\n',
    error: startsWith('-ERR'),
    senderReceives: isEchoed,
  }),
);
