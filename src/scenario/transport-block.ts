import { z } from 'zod';
import type { Transport } from '../choices.ts';
import { describeValue, mapping } from './file-schemas.ts';
import { address, type Brought } from './protocol-schemas.ts';
import type { PollSpec, SendSpec, TemplateSpec } from './protocol-spec.ts';

const EXAMPLE = "{ url: '{endpoint}/poll?after={next}', next: { json: last }, messages: { json: messages } }";
export const POLL_KEYS = ['url', 'next', 'messages', 'from'];

/** `{ json: last }`: where in an answer something stands. */
const member = z.unknown().transform((value, context): readonly string[] => {
  const entries = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  const [name, path] = entries[0] ?? [];
  if (entries.length === 1 && name === 'json' && typeof path === 'string' && path !== '') return path.split('.');
  context.addIssue(`expected a member such as { json: last }, got ${describeValue(value)}`);
  return z.NEVER;
});

export function poll(brought: Brought) {
  const keys = {
    url: address(['http://', 'https://', '{endpoint}'], "'{endpoint}/poll?after={next}'", [...brought, 'next']),
    next: member,
    messages: member,
    from: z.unknown().transform(String).optional(),
  };
  return mapping(keys, EXAMPLE).transform((found): PollSpec => ({ ...found, from: found.from ?? '' }));
}

interface TransportKeys {
  readonly transport?: Transport | undefined;
  readonly frames?: 'text' | 'binary' | undefined;
  readonly poll?: PollSpec | undefined;
  readonly compression?: boolean | undefined;
  readonly url?: string | undefined;
  readonly send: SendSpec;
  readonly open?: readonly { readonly send?: unknown }[] | undefined;
  readonly heartbeat?: unknown;
  readonly answers?: unknown;
}

/** What goes with a transport, and what does not. */
export function settleTransport(
  keys: TransportKeys,
  context: z.RefinementCtx,
): Pick<TemplateSpec, 'transport' | 'frames' | 'poll' | 'url'> {
  const { transport = 'websocket', frames = 'text', poll = null, url = poll?.url ?? '{endpoint}' } = keys;
  const refuse = (message: string, key: string) => context.addIssue({ code: 'custom', message, path: [key] });
  if (transport === 'websocket') {
    if (/^(?:http|mqtt)/.test(url)) refuse('expected a ws:// or wss:// address, or transport: sse or long-poll', 'url');
  } else {
    if (/^(?:ws|mqtt)/.test(url)) refuse(`expected an http:// or https:// address with transport: ${transport}`, 'url');
    if (keys.send.by === 'frame')
      refuse(`expected { http: … } with transport: ${transport}, over which nothing is sent`, 'send');
    if (keys.open?.some((step) => step.send !== undefined))
      refuse(`expected no frames that are sent with transport: ${transport}`, 'open');
    for (const key of ['heartbeat', 'answers'] as const) {
      if (keys[key] !== undefined)
        refuse(`expected none with transport: ${transport}, over which nothing is sent`, key);
    }
    if (keys.compression) refuse(`expected none with transport: ${transport}`, 'compression');
    if (frames === 'binary') refuse(`expected text with transport: ${transport}`, 'frames');
  }
  if ((transport === 'long-poll') !== (poll !== null))
    refuse(`expected ${EXAMPLE} with transport: long-poll, and with no other`, 'poll');
  return { transport, frames, poll, url };
}
