/** What a terminal without UTF-8 is shown in its place. */
const GLYPHS: Readonly<Record<string, string>> = {
  ...spread('─━┄┅╌–−‐', '-'),
  ...spread('│┃┆┊┤├', '|'),
  ...spread('╭╮╰╯┌┐└┘┼┬┴', '+'),
  ...spread('·•', '.'),
  ...spread('“”„', '"'),
  ...spread('‘’', "'"),
  ...{ '✓': '+', '✗': 'x', '▲': '^', '→': '>', '←': '<', '…': '~', '≤': '<', '≥': '>', '≈': '~', '±': '~' },
  ...{ '×': 'x', µ: 'u', μ: 'u', '\u00a0': ' ', '\u202f': ' ', '∞': 'inf' },
  ...{ '░': '.', '▒': ':', '▓': '*', '█': '#' },
  ...{ '▁': '_', '▂': '.', '▃': ':', '▄': '-', '▅': '=', '▆': '+', '▇': '*' },
};

/** The same text in ASCII, sign for sign (only ∞ takes more room), so that what was aligned stays so; "?" for what has no likeness. */
export function toAscii(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII, control sequences included, stays as it is
  return text.replaceAll(/[^\u0000-\u007f]/gu, (glyph) => GLYPHS[glyph] ?? '?');
}

/**
 * Whether a terminal shows what is beyond ASCII: by its locale; on Windows by its kind, for the old console's fonts have but a
 * part of it. Where nobody says, as in most containers, it does, unless it is the kernel's own console.
 */
export function showsUnicode(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  const { WT_SESSION, TERM_PROGRAM, TERM, ConEmuTask } = env;
  if (platform === 'win32') {
    const isModern = TERM_PROGRAM === 'vscode' || TERM === 'xterm-256color' || TERM === 'alacritty';
    return Boolean(WT_SESSION ?? ConEmuTask) || isModern;
  }
  if (TERM === 'linux') return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return locale === '' || /utf-?8/i.test(locale);
}

function spread(glyphs: string, ascii: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...glyphs].map((glyph) => [glyph, ascii]));
}
