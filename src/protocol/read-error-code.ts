const BRACE = 0x7b;
/** A code stands near the beginning of an error, and errors are short; a long one is not worth a parse. */
const LONGEST_BYTES = 16_384;

/**
 * The code that an error names where it is JSON, or JSON behind a prefix: `code`, that of `error`, or `error` itself; null: none.
 */
export function readErrorCode(frame: Buffer): string | null {
  const start = frame.indexOf(BRACE);
  if (start < 0 || frame.length > LONGEST_BYTES) return null;
  // A frame such as `42["error",{…}]` goes on behind its object.
  const end = frame.lastIndexOf(BRACE + 2);
  try {
    return codeOf(JSON.parse(frame.toString('utf8', start, end + 1)));
  } catch {
    return null;
  }
}

function codeOf(value: unknown): string | null {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (value === null || typeof value !== 'object') return null;
  const { code, error } = value as Readonly<Record<string, unknown>>;
  return code === undefined || typeof code === 'object' ? codeOf(error) : codeOf(code);
}
