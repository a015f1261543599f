import { styleText } from 'node:util';
import { createContext, useContext } from 'react';
import { choosePalette, type Palette } from './palette.ts';

type Paint = (text: string) => string;

/** How the live view paints. Nothing is told by colour alone: what fails has a mark, and lines of a chart differ in their dashes. */
export interface LiveTheme extends Palette {
  /** The bar, and what else is neither good nor bad. */
  readonly calm: Paint;
  /** Lines of a chart: the one that matters, and two beside it. */
  readonly first: Paint;
  readonly second: Paint;
  readonly third: Paint;
  /** Of a heat map, from faint to dense. */
  readonly heat: readonly Paint[];
}

/** Bits of colour that a terminal shows, as `WriteStream.getColorDepth` tells; 1 where it shows none, or NO_COLOR wants none. */
export type ColorDepth = 1 | 4 | 8 | 24;

/**
 * With 256 colours the hues of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people with any of the common kinds of
 * colour blindness tell apart, in shades that show on dark and on light; with 16, those whose names a terminal gives them, without
 * green, which is too near to red for one man in twelve.
 */
export function chooseTheme(depth: ColorDepth): LiveTheme {
  const plain = choosePalette(false);
  if (depth === 1) {
    const same: Paint = (text) => text;
    return {
      ...plain,
      strong: style('bold'),
      bad: style('inverse'),
      quiet: style('dim'),
      calm: same,
      ...{ first: same, second: same, third: same, heat: [] },
    };
  }
  const attributes = { strong: style('bold'), quiet: style('dim') };
  if (depth === 4) {
    return {
      ...attributes,
      good: style('cyan'),
      bad: style(['red', 'bold']),
      caution: style(['yellow', 'bold']),
      calm: style('cyan'),
      ...{ first: style('cyan'), second: style('yellow'), third: style('magenta') },
      heat: [style('dim'), style('cyan'), style('cyan'), style('bold')],
    };
  }
  return {
    ...attributes,
    good: color(36),
    bad: (text) => style('bold')(color(202)(text)),
    caution: (text) => style('bold')(color(172)(text)),
    calm: color(32),
    ...{ first: color(32), second: color(172), third: color(169) },
    heat: [color(25), color(32), color(73), color(180)],
  };
}

const ThemeContext = createContext<LiveTheme>(chooseTheme(1));

/** By it a view hands its theme down. */
export const ThemeProvider = ThemeContext.Provider;

export function useTheme(): LiveTheme {
  return useContext(ThemeContext);
}

function style(format: Parameters<typeof styleText>[0]): Paint {
  return (text) => styleText(format, text, { validateStream: false });
}

/** One of the 256; what follows has the terminal's own again. */
function color(index: number): Paint {
  return (text) => `\u001b[38;5;${index}m${text}\u001b[39m`;
}
