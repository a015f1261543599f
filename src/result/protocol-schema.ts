import { z } from 'zod';
import { DELIVERS, SEND_WAYS } from '../choices.ts';

const frameText = z.strictObject({ text: z.string(), encoding: z.enum(['json', 'text']) });
const frameTest = z.discriminatedUnion('test', [
  z.strictObject({ test: z.enum(['contains', 'starts-with', 'equals']), text: z.string() }),
  z.strictObject({ test: z.literal('regex'), pattern: z.string() }),
  z.strictObject({
    test: z.literal('json'),
    path: z.array(z.string()),
    equals: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  }),
]);
const rule = z.array(frameTest);
const headers = z.record(z.string(), z.string());
const count = z.number().int().nonnegative();

const template = z.strictObject({
  kind: z.literal('template'),
  name: z.string(),
  url: z.string(),
  headers,
  subprotocols: z.array(z.string()),
  rooms: z.string(),
  users: z.string(),
  opening: z.array(z.strictObject({ send: z.array(frameText), await: rule.nullable(), count })),
  send: z.discriminatedUnion('by', [
    z.strictObject({ by: z.literal('frame'), frame: frameText }),
    z.strictObject({
      by: z.literal('http'),
      method: z.string(),
      url: z.string(),
      headers,
      frame: frameText,
      connections: count,
    }),
  ]),
  heartbeat: z.strictObject({ everyUs: count, frame: frameText.nullable() }).nullable(),
  answers: z.array(z.strictObject({ to: rule, send: frameText })),
  message: rule.nullable(),
  ack: rule.nullable(),
  error: rule.nullable(),
  senderReceives: z.boolean(),
});

/** The `ProtocolSpec` of a scenario, its secrets redacted. */
export const protocol = z.union([
  z.enum(['reference', 'echo']),
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('reference'),
      deliver: z.enum(DELIVERS),
      send: z.enum(SEND_WAYS),
    }),
    template,
    z.strictObject({ kind: z.literal('module'), file: z.string() }),
  ]),
]);
