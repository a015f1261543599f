import type { Brought } from '../protocol-schemas.ts';
import {
  asText,
  definePreset,
  jsonWithin,
  matches,
  member,
  openingFrame,
  plainPreset,
  quoteWithin,
  sendFrame,
  sent,
  startsWith,
  step,
} from './preset.ts';

const CHANNEL = { channel: 'ChatChannel', room: '{room}' };
const DATA = { action: 'speak', text: '{body}' };

const keys = (brought: Brought) => ({
  /** Channel and parameters of a subscription. */
  channel: jsonWithin(openingFrame(brought)).optional(),
  /** Action and what it is given. */
  send: jsonWithin(sendFrame(brought)).optional(),
});

/** Action Cable's protocol actioncable-v1-json. It acknowledges no message. */
export const actionCablePreset = definePreset('action-cable', keys, (given, isEchoed = true) => {
  const identifier = given.channel?.text ?? quoteWithin(CHANNEL);
  const data = given.send?.text ?? quoteWithin(DATA);
  return {
    ...plainPreset('action-cable'),
    url: '{endpoint}/cable',
    // Rails compares it with the hosts that it allows.
    headers: { Origin: 'http://{host}' },
    subprotocols: ['actioncable-v1-json'],
    opening: [
      step([], member('type', 'welcome')),
      step([asText(`{"command":"subscribe","identifier":${identifier}}`)], member('type', 'confirm_subscription')),
    ],
    send: sent(asText(`{"command":"message","identifier":${identifier},"data":${data}}`)),
    message: startsWith('{"identifier":'),
    error: matches('"type":"(?:reject_subscription|disconnect)"'),
    senderReceives: isEchoed,
  };
});
