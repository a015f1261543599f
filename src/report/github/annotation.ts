import { plainText } from '../terminal/plain-text.ts';

/** One workflow command of GitHub Actions, in one line with its line break. Foreign text can begin no command of its own. */
export function annotation(kind: 'error' | 'warning', title: string, message: string): string {
  return `::${kind} title=${escapeProperty(title)}::${escapeData(message)}\n`;
}

/** A line break would end the command, and what follows could be another. */
function escapeData(text: string): string {
  return plainText(text).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
