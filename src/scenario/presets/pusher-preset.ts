import { text } from '../file-schemas.ts';
import type { Brought } from '../protocol-schemas.ts';
import type { FrameText, OpeningStepSpec } from '../protocol-spec.ts';
import { send } from '../send-block.ts';
import {
  asJson,
  asText,
  definePreset,
  matches,
  member,
  openingText,
  plainPreset,
  startsWith,
  step,
  within,
} from './preset.ts';

const HEARTBEAT_US = 60_000_000;
const NAME = 'a name of letters, digits and _ - = @ , . ;';
const EVENT = 'client-message';

const keys = (brought: Brought) => ({
  key: text(/^\S+$/, 'the key of an application'),
  secret: openingText([], 'the secret of an application').optional(),
  channel: openingText(brought, NAME).optional(),
  send: send(brought).optional(),
});

/**
 * Pusher's protocol 7, also spoken by Soketi and Laravel Reverb. With a secret, clients send `client-message` over a private channel,
 * for which they sign themselves; without one, the channel is a public one, and `send` says how the back end is told.
 */
export const pusherPreset = definePreset('pusher', keys, (given, isEchoed, context) => {
  const { key, secret } = given;
  const channel = given.channel ?? (secret === undefined ? '{room}' : 'private-{room}');
  if (secret === undefined && given.send === undefined)
    context.addIssue('expected secret: … for messages of clients, or send: { http: … } to the back end');
  const named = JSON.stringify(channel);
  const signed = secret === undefined ? '' : `,"auth":"${key}:{hmac-sha256:${secret},{socketId}:${channel}}"`;
  const subscribe: FrameText = {
    text: `{"event":"pusher:subscribe","data":{"channel":${named}${signed}}}`,
    encoding: 'json',
  };
  const greeting: OpeningStepSpec = {
    ...step([], member('event', 'pusher:connection_established')),
    capture: { socketId: { from: 'regex', pattern: 'socket_id\\\\*":\\s*\\\\*"([\\d.]+)' } },
  };
  return {
    ...plainPreset('pusher'),
    url: `{endpoint}/app/${key}?protocol=7&client=chatbench&version=1.0`,
    opening: [greeting, step([subscribe], startsWith('{"event":"pusher_internal:subscription_succeeded"'))],
    send: given.send ?? {
      by: 'frame',
      frame: within(`{"event":"${EVENT}","channel":${named},"data":`, asJson({ text: '{body}' }), '}'),
    },
    heartbeat: { everyUs: HEARTBEAT_US, frame: asText('{"event":"pusher:ping","data":{}}') },
    answers: [{ to: member('event', 'pusher:ping'), send: asText('{"event":"pusher:pong","data":{}}') }],
    error: matches('"event":"pusher:(?:error|subscription_error)"'),
    senderReceives: isEchoed ?? secret === undefined,
  };
});
