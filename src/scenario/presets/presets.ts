import { actionCablePreset } from './action-cable-preset.ts';
import { centrifugoPreset } from './centrifugo-preset.ts';
import { djangoChannelsPreset } from './django-channels-preset.ts';
import { graphqlWsPreset } from './graphql-ws-preset.ts';
import { mqttPreset } from './mqtt-preset.ts';
import { natsPreset } from './nats-preset.ts';
import { phoenixPreset } from './phoenix-preset.ts';
import type { Preset } from './preset.ts';
import { pusherPreset } from './pusher-preset.ts';
import { signalrPreset } from './signalr-preset.ts';
import { socketIoPreset } from './socket-io-preset.ts';
import { stompPreset } from './stomp-preset.ts';
import { xmppPreset } from './xmpp-preset.ts';

/** Every kind of server whose protocol is known; docs/presets.md has a section for each. */
export const PRESETS: readonly Preset[] = [
  socketIoPreset,
  stompPreset,
  mqttPreset,
  natsPreset,
  graphqlWsPreset,
  xmppPreset,
  djangoChannelsPreset,
  actionCablePreset,
  phoenixPreset,
  signalrPreset,
  centrifugoPreset,
  pusherPreset,
];
