import { z } from 'zod';
import { choice, quantity } from '../file-schemas.ts';
import type { Brought } from '../protocol-schemas.ts';
import type { MqttSpec, TemplateSpec } from '../protocol-spec.ts';
import * as rules from '../rules.ts';
import {
  asText,
  definePreset,
  matches,
  openingText,
  plainPreset,
  sendFrame,
  sent,
  startsWith,
  step,
} from './preset.ts';

const KEEP_ALIVE_US = 60_000_000;
const VERSIONS = { '3.1.1': 4, '5': 5 } as const;

const keys = (brought: Brought) => {
  const own = openingText(brought).optional();
  return {
    use: z.literal('mqtt').optional(),
    transport: z.literal('mqtt').optional(),
    version: choice(['3.1.1', '5']).optional(),
    qos: choice(['0', '1']).optional(),
    topic: own,
    subscribe: own,
    username: own,
    password: own,
    'client-id': own,
    'keep-alive': quantity(rules.positiveDuration).optional(),
    send: sendFrame(brought).optional(),
  };
};

/**
 * MQTT over a WebSocket or TCP. What a client receives is told as lines: `CONNACK 0`, `SUBACK 1`, `PUBACK` with the message's number, and
 * `PUBLISH TOPIC` with the payload behind it. Nothing is retained, and there is no will.
 */
export const mqttPreset = definePreset('mqtt', keys, (given, isEchoed = true, context): TemplateSpec => {
  const topic = given.topic ?? 'chat/{room}';
  const { version = '3.1.1', subscribe = topic } = given;
  if (!isEchoed && version !== '5' && subscribe === topic)
    context.addIssue(
      "expected version: '5' with sender-receives: false: before it a subscriber gets what it publishes, too",
    );
  const keepAliveUs = given['keep-alive'] ?? KEEP_ALIVE_US;
  const qos = given.qos === '0' ? 0 : 1;
  const mqtt: MqttSpec = {
    version: VERSIONS[version],
    qos,
    topic,
    subscribe,
    clientId: given['client-id'] ?? 'chatbench-{uuid}',
    username: given.username ?? null,
    password: given.password ?? null,
    keepAliveUs,
    isEchoed,
  };
  return {
    ...plainPreset('mqtt'),
    transport: 'mqtt',
    mqtt,
    subprotocols: ['mqtt'],
    opening: [step([], startsWith('SUBACK '))],
    send: sent(given.send ?? asText('{body}')),
    // In time, also where one of them is late.
    heartbeat: { everyUs: Math.ceil(keepAliveUs / 2), frame: null },
    message: startsWith('PUBLISH '),
    ack: qos === 1 ? matches('^PUBACK (1\\d{10})') : null,
    error: matches('^(?:DISCONNECT|REFUSED)(?: (1\\d{10}))?'),
    senderReceives: isEchoed,
  };
});
