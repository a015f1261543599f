/** A `traceparent` of W3C Trace Context (level 1, section 3.2), inside of a regular expression. */
export const TRACEPARENT_PATTERN = '[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}';

const TRACEPARENT = new RegExp(`^${TRACEPARENT_PATTERN}$`);

/** Undefined for what is none: that is to be taken no notice of (section 3.2.2.3), whatever else the message is. */
export function readTraceparent(value: unknown): string | undefined {
  return typeof value === 'string' && TRACEPARENT.test(value) ? value : undefined;
}
