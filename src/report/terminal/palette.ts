import { styleText } from 'node:util';

/** Colours by meaning. Without colour, every one yields the text unchanged: no meaning is told by colour alone. */
export interface Palette {
  good(text: string): string;
  bad(text: string): string;
  caution(text: string): string;
  strong(text: string): string;
  quiet(text: string): string;
}

export function choosePalette(color: boolean): Palette {
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;
  return {
    good: paint(['green', 'bold']),
    bad: paint(['red', 'bold']),
    caution: paint(['yellow', 'bold']),
    strong: paint('bold'),
    quiet: paint('dim'),
  };
}
