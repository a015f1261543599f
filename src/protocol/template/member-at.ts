/** The member at a path of a text that is JSON, or of the JSON behind a prefix; undefined where there is none. */
export function memberAt(text: string, path: readonly string[]): unknown {
  const start = text.search(/[{[]/);
  if (start < 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.slice(start));
  } catch {
    return undefined;
  }
  return memberOf(value, path);
}

export function memberOf(whole: unknown, path: readonly string[]): unknown {
  let value = whole;
  for (const part of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
