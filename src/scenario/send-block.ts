import { z } from 'zod';
import { mapping, readBy } from './file-schemas.ts';
import { type Brought, frame, headers, SEND_PLACEHOLDERS } from './protocol-schemas.ts';
import type { FrameText, SendSpec } from './protocol-spec.ts';
import { bodyOf, connections, DEFAULT_CONNECTIONS, requestKeys } from './request-block.ts';

/** Headers of a message may tell of its trace, as most servers read it. */
const httpKeys = (brought: Brought) => ({
  ...requestKeys("'http://{host}/rooms/{room}'", brought, [...SEND_PLACEHOLDERS, ...brought]),
  headers: headers([...brought, 'traceparent']).optional(),
  connections,
});
export const SEND_HTTP_KEYS = Object.keys(httpKeys([]));

const http = (brought: Brought) =>
  mapping(httpKeys(brought), "{ method: POST, url: 'http://{host}/rooms/{room}', body: { text: '{body}' } }")
    .transform((keys, context): SendSpec => {
      const { frame, headers: ofBody } = bodyOf(keys, context);
      if (frame === null) {
        context.addIssue("expected a body such as { text: '{body}' }");
        return z.NEVER;
      }
      return {
        by: 'http',
        method: keys.method ?? 'POST',
        url: keys.url,
        headers: { ...ofBody, ...keys.headers },
        frame,
        connections: keys.connections ?? DEFAULT_CONNECTIONS,
      };
    })
    .refine(({ frame }) => hasBody(frame), { error: BODY_EXPECTED, path: ['body'] });

/** A frame, or `{ http: … }`. */
export const send = (brought: Brought) =>
  z.unknown().transform((value, context): SendSpec => {
    const isHttp = value !== null && typeof value === 'object' && Object.keys(value).join() === 'http';
    const schema = isHttp
      ? z.object({ http: http(brought) }).transform((found): SendSpec => found.http)
      : frame([...SEND_PLACEHOLDERS, ...brought])
          .refine(hasBody, { error: BODY_EXPECTED })
          .transform((text): SendSpec => ({ by: 'frame', frame: text }));
    return readBy<SendSpec>(schema, value, context);
  });

/** Of all that is sent as a message. */
export function hasBody({ text }: FrameText): boolean {
  return text.includes('{body}');
}

export const BODY_EXPECTED = "expected '{body}' in it: recipients find a message by the marker that it begins with";
