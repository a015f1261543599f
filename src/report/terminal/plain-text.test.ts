import { expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

it('shows control, direction and separator characters as escapes', () => {
  expect(plainText('a\u001b[2Jb\u0000c\u009bd\u202ee\u2028f\u200bg\ud800h\r\n')).toBe(
    String.raw`a\x1b[2Jb\x00c\x9bd\u{202e}e\u{2028}f\u{200b}g\u{d800}h\x0d\x0a`,
  );
});

it('leaves printable text of any script alone', () => {
  const text = 'Grüße, 漢字, עברית, 🚀 — “quoted”';
  expect(plainText(text)).toBe(text);
});
