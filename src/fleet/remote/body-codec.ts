import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { z } from 'zod';

/** What came over the network is not what it should be; the message says in one line what is wrong with it. */
export class BentBody extends Error {}

/** A body begins with how the rest is written. */
const PLAIN = 0x6a;
const DEFLATED = 0x7a;

/** Below, deflating costs more than it saves. */
const DEFLATED_FROM_BYTES = 512;

/** No body of a run is larger, and a small one that unfolds into more is meant to do harm. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/** A message as bytes: JSON, deflated where that is worth it. */
export function encodeBody(message: unknown): Uint8Array {
  const text = Buffer.from(JSON.stringify(message));
  if (text.length < DEFLATED_FROM_BYTES) return Buffer.concat([Buffer.of(PLAIN), text]);
  return Buffer.concat([Buffer.of(DEFLATED), deflateRawSync(text, { level: 1 })]);
}

/** @throws BentBody for what is no JSON of this form */
export function decodeBody<Schema extends z.ZodType>(schema: Schema, body: Uint8Array): z.output<Schema> {
  return checkForm(schema, parse(body));
}

/** @throws BentBody for what has another form */
export function checkForm<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BentBody(`${issue?.path.join('.') || 'the message'}: ${issue?.message ?? 'is not understood'}`);
}

function parse(body: Uint8Array): unknown {
  const rest = body.subarray(1);
  try {
    if (body[0] === PLAIN) return JSON.parse(Buffer.from(rest).toString('utf8'));
    if (body[0] === DEFLATED) {
      return JSON.parse(inflateRawSync(rest, { maxOutputLength: LARGEST_BYTES }).toString('utf8'));
    }
  } catch {
    throw new BentBody(`${body.length} bytes are no JSON`);
  }
  throw new BentBody(`${body.length} bytes begin as no message does`);
}
