import { z } from 'zod';
import { describeValue, readBy, text } from '../file-schemas.ts';
import { type Brought, frame, OPENING_PLACEHOLDERS, SEND_PLACEHOLDERS } from '../protocol-schemas.ts';
import type { FrameText } from '../protocol-spec.ts';
import { BODY_EXPECTED, hasBody } from '../send-block.ts';
import { asText, definePreset, matches, plainPreset, sent, step } from './preset.ts';

const END = '\x1e';
const HEARTBEAT_US = 15_000_000;
/** Of the invocation that joins; those of messages have eleven digits. */
const JOIN = '0';

/** A hub's method and its arguments, as the middle of an invocation. */
function invocation(example: string, allowed: readonly string[]) {
  return z.unknown().transform((value, context): FrameText => {
    const [target, ...args] = Array.isArray(value) ? value : [];
    if (typeof target !== 'string') {
      context.addIssue(`expected a method and its arguments such as ${example}, got ${describeValue(value)}`);
      return z.NEVER;
    }
    return readBy(frame(allowed), { target, arguments: args }, context);
  });
}

const keys = (brought: Brought) => ({
  path: text(/^\/\S*$/, "a path such as '/chat'").optional(),
  join: z
    .literal(false)
    .or(invocation("['Join', '{room}']", [...OPENING_PLACEHOLDERS, ...brought]))
    .optional(),
  send: invocation("['Send', '{room}', '{body}']", [...SEND_PLACEHOLDERS, ...brought])
    .refine(hasBody, { error: BODY_EXPECTED })
    .optional(),
});

const call = (id: string, { text: body }: FrameText): FrameText => ({
  text: `{"type":1,"invocationId":"${id}",${body.slice(1)}${END}`,
  encoding: 'json',
});
const method = (target: string, ...args: readonly string[]): FrameText => ({
  text: JSON.stringify({ target, arguments: args }),
  encoding: 'json',
});

/** A SignalR hub over WebSockets alone, without negotiation, in its JSON protocol; the completion of a call acknowledges it. */
export const signalrPreset = definePreset('signalr', keys, (given, isEchoed = true) => {
  const { join = method('Join', '{room}'), send = method('Send', '{room}', '{body}') } = given;
  const completion = (id: string) => `^(?=.*"invocationId":"${id}")(?=.*"type":3\\b)`;
  return {
    ...plainPreset('signalr'),
    url: `{endpoint}${given.path ?? '/chat'}`,
    opening: [
      step([asText(`{"protocol":"json","version":1}${END}`)], matches('^\\{\\}$')),
      ...(join === false ? [] : [step([call(JOIN, join)], matches(completion(JOIN)))]),
    ],
    send: sent(call('{seq}', send)),
    heartbeat: { everyUs: HEARTBEAT_US, frame: asText(`{"type":6}${END}`) },
    separator: END,
    message: matches('"type":1\\b'),
    ack: matches(completion('(1\\d{10})')),
    error: matches('^(?=.*"error":")(?=.*"type":[37]\\b|.*"error":"[^"]*"\\}$)'),
    senderReceives: isEchoed,
  };
});
