import type { ProbeConclusion } from '../generator/probe/conclude-probe.ts';
import type { ProbeEvent } from '../generator/probe/probe-log.ts';
import type { ProbeOutcome } from '../generator/probe/probe-server.ts';
import { formatCount } from '../quantities.ts';
import { redact } from '../redact.ts';
import { plainText } from '../report/terminal/plain-text.ts';

const SIGNS: Readonly<Record<ProbeEvent['direction'], string>> = { in: '←', out: '→', note: '·' };
const TEXT_CHARACTERS = 300;

/** Every frame on a line of its own, what it was taken for below it, and the conclusion at the end. Without secrets. */
export function describeProbe({ events }: ProbeOutcome, { status, text, remedy }: ProbeConclusion): string {
  return [
    ...events.flatMap(describeEvent),
    '',
    `${status === 'works' ? '✓' : '✗'} ${plainText(redact(text))}`,
    ...(remedy === null ? [] : [`→ ${remedy}`]),
  ].join('\n');
}

function describeEvent({ atUs, user, direction, text, meaning }: ProbeEvent): readonly string[] {
  const time = `${(atUs / 1000).toFixed(1)} ms`.padStart(10);
  const prefix = `${time}  user ${user} ${SIGNS[direction]} `;
  const shown = cut(plainText(redact(text)));
  if (direction === 'note') return [`${prefix}${plainText(redact(meaning))}${shown === '' ? '' : `: ${shown}`}`];
  return [`${prefix}${shown}`, `${' '.repeat(prefix.length)}${plainText(redact(meaning))}`];
}

/** Says how long the text was where it is cut. */
function cut(text: string): string {
  if (text.length <= TEXT_CHARACTERS) return text;
  return `${text.slice(0, TEXT_CHARACTERS)}… (${formatCount(text.length)} characters)`;
}
