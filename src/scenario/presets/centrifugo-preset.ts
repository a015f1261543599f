import { text } from '../file-schemas.ts';
import type { Brought } from '../protocol-schemas.ts';
import {
  asJson,
  asText,
  definePreset,
  equals,
  matches,
  openingFrame,
  openingText,
  plainPreset,
  sendFrame,
  sent,
  startsWith,
  step,
  within,
} from './preset.ts';

const keys = (brought: Brought) => ({
  path: text(/^\/\S*$/, "a path such as '/connection/websocket'").optional(),
  token: openingText(brought).optional(),
  data: openingFrame(brought).optional(),
  channel: openingText(brought).optional(),
  'channel-token': openingText(brought).optional(),
  send: sendFrame(brought).optional(),
});

/** Centrifugo's JSON protocol, version 2: commands and replies of one line each. Who publishes gets the message, too. */
export const centrifugoPreset = definePreset('centrifugo', keys, (given, isEchoed = true) => {
  const { channel = '{room}', token, 'channel-token': channelToken, send = asJson({ text: '{body}' }) } = given;
  const named = JSON.stringify(channel);
  const data = given.data === undefined ? '' : `,"data":${given.data.text}`;
  return {
    ...plainPreset('centrifugo'),
    url: `{endpoint}${given.path ?? '/connection/websocket'}`,
    opening: [
      step(
        [
          {
            text: `{"id":1,"connect":{"name":"chatbench"${token === undefined ? '' : `,"token":${JSON.stringify(token)}`}${data}}}`,
            encoding: 'json',
          },
        ],
        matches('^\\{"id":1,"connect":'),
      ),
      step([asJson({ id: 2, subscribe: { channel, token: channelToken } })], matches('^\\{"id":2,"subscribe":')),
    ],
    send: sent(within(`{"id":{seq32},"publish":{"channel":${named},"data":`, { ...send, encoding: 'json' }, '}}')),
    answers: [{ to: equals('{}'), send: asText('{}') }],
    separator: '\n',
    message: startsWith('{"push":'),
    ack: matches('^\\{"id":(1\\d{9}),"publish":'),
    error: matches('^\\{(?:"id":(1\\d{9}),|"id":\\d+,)?"(?:error|push":\\{.*"(?:disconnect|unsubscribe))":'),
    senderReceives: isEchoed,
  };
});
