/**
 * Text with placeholders: `{room}` stands for a value that the caller knows, `${env:NAME}` for an environment variable.
 * Every other brace is itself, so that JSON needs no escaping.
 */
export type Piece = { readonly literal: string } | { readonly name: string };

const PLACEHOLDER = /\$\{env:([A-Za-z_]\w*)\}|\{([A-Za-z]\w*)\}/g;

/** What environment variables are called among the names of placeholders. */
const ENVIRONMENT = 'env:';

/** The text taken apart; `name` is "room" or "env:NAME". Without empty literals. */
export function splitPlaceholders(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) pieces.push({ literal: text.slice(end, match.index) });
    pieces.push({ name: match[1] === undefined ? match[2]! : ENVIRONMENT + match[1] });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ literal: text.slice(end) });
  return pieces;
}

/** The text with every placeholder replaced. */
export function fillIn(text: string, lookUp: (name: string) => string): string {
  return splitPlaceholders(text)
    .map((piece) => ('literal' in piece ? piece.literal : lookUp(piece.name)))
    .join('');
}

/** Names of the placeholders in a text, without those of environment variables. */
export function listPlaceholders(text: string): readonly string[] {
  return namesIn(text).filter((name) => !name.startsWith(ENVIRONMENT));
}

/** Names of the environment variables that a text asks for. */
export function listVariables(text: string): readonly string[] {
  return namesIn(text).flatMap((name) => (name.startsWith(ENVIRONMENT) ? [name.slice(ENVIRONMENT.length)] : []));
}

/** The variable that a placeholder's name stands for; null where it is no variable's. */
export function variableOf(name: string): string | null {
  return name.startsWith(ENVIRONMENT) ? name.slice(ENVIRONMENT.length) : null;
}

function namesIn(text: string): readonly string[] {
  return splitPlaceholders(text).flatMap((piece) => ('name' in piece ? [piece.name] : []));
}
