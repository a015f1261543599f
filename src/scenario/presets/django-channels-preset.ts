import { text } from '../file-schemas.ts';
import { type Brought, rule } from '../protocol-schemas.ts';
import { asJson, definePreset, plainPreset, sendFrame, sent } from './preset.ts';

const keys = (brought: Brought) => ({
  path: text(/^\/\S*$/, "a path such as '/ws/chat/{room}/'").optional(),
  send: sendFrame(brought).optional(),
  ack: rule.optional(),
  error: rule.optional(),
});

/** A consumer as in the tutorial of Django Channels: who connects to a room's path is in its group, and all of it get what one says. */
export const djangoChannelsPreset = definePreset('django-channels', keys, (given, isEchoed = true) => ({
  ...plainPreset('django-channels'),
  url: `{endpoint}${given.path ?? '/ws/chat/{room}/'}`,
  // AllowedHostsOriginValidator lets nobody in without.
  headers: { Origin: 'http://{host}' },
  send: sent(given.send ?? asJson({ message: '{body}' })),
  ack: given.ack ?? null,
  error: given.error ?? null,
  senderReceives: isEchoed,
}));
