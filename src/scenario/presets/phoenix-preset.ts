import { text } from '../file-schemas.ts';
import type { Brought } from '../protocol-schemas.ts';
import {
  asJson,
  asText,
  definePreset,
  matches,
  openingFrame,
  openingText,
  plainPreset,
  sendFrame,
  sent,
  step,
  within,
} from './preset.ts';

const HEARTBEAT_US = 20_000_000;
/** Of the join; those of messages have eleven digits. */
const JOIN = '1';

const keys = (brought: Brought) => ({
  path: text(/^\/\S*$/, "a path such as '/socket/websocket'").optional(),
  topic: openingText(brought).optional(),
  params: openingFrame(brought).optional(),
  event: text(/^[\w:.-]+$/, 'the name of an event such as new_msg').optional(),
  send: sendFrame(brought).optional(),
});

/** Phoenix channels, version 2.0.0 of the serialisation: lists of join reference, reference, topic, event and payload. */
export const phoenixPreset = definePreset('phoenix', keys, (given, isEchoed = true) => {
  const topic = JSON.stringify(given.topic ?? 'room:{room}');
  const { params = asJson({}), send = asJson({ body: '{body}' }), event = 'new_msg' } = given;
  const reply = (ref: string, status: string) =>
    `^\\["${JOIN}","${ref}","[^"]*","phx_reply",\\{(?=.*"status":"${status}")`;
  return {
    ...plainPreset('phoenix'),
    url: `{endpoint}${given.path ?? '/socket/websocket'}?vsn=2.0.0`,
    opening: [
      step(
        [within(`["${JOIN}","${JOIN}",${topic},"phx_join",`, { ...params, encoding: 'json' }, ']')],
        matches(reply(JOIN, 'ok')),
      ),
    ],
    send: sent(within(`["${JOIN}","{seq}",${topic},"${event}",`, { ...send, encoding: 'json' }, ']')),
    heartbeat: { everyUs: HEARTBEAT_US, frame: asText('[null,"heartbeat","phoenix","heartbeat",{}]') },
    message: matches(`^\\[[^,]*,null,"[^"]*","(?!phx_)`),
    ack: matches(reply('(1\\d{10})', 'ok')),
    error: matches(`^\\[[^,]*,[^,]*,"[^"]*","(?:phx_error|phx_close|phx_reply",\\{(?=.*"status":"error"))`),
    senderReceives: isEchoed,
  };
});
