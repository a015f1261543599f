/** Control characters, invisible format and direction marks, line and paragraph separators, unpaired surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Foreign text (from a server, a broker, a file) made safe for a terminal: what could move the cursor, change the terminal's
 * state or disguise a line becomes a visible escape.
 */
export function plainText(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
