import { createHmac } from 'node:crypto';

/**
 * Text with placeholders: `{room}` stands for a value that the caller knows, `{user.email}` for a column of the users file,
 * `${env:NAME}` for an environment variable, and `{base64:…}` or `{json:…}` for what a function makes of the text in it. Every other
 * brace is itself, so that JSON needs no escaping.
 */
export type Piece = { readonly literal: string } | Filled;
/** What something else comes in place of. */
type Filled = { readonly name: string } | Call;

/** A function of a text with placeholders. */
export interface Call {
  readonly call: TemplateFunction;
  readonly of: readonly Piece[];
}

/**
 * `base64` of the text's bytes; `json`: the text as a JSON string, quotes included; `hmac-sha256`: of the text behind the first
 * comma, with the one before it for its key, in hexadecimal.
 */
export type TemplateFunction = 'base64' | 'json' | 'hmac-sha256';

const PLACEHOLDER = /\$\{env:([A-Za-z_]\w*)\}|\{(base64|json|hmac-sha256):|\{(user(?:\.[\w-]+)+|[A-Za-z]\w*)\}/g;

/** What environment variables are called among the names of placeholders. */
const ENVIRONMENT = 'env:';
/** What columns of the users file are called among them. */
const COLUMN = 'user.';

/** The text taken apart; `name` is "room", "user.email" or "env:NAME". Without empty literals. */
export function splitPlaceholders(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const pattern = new RegExp(PLACEHOLDER);
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole, variable, call, name] = match;
    const closing = call === undefined ? -1 : findClosing(text, pattern.lastIndex);
    // A function whose brace never closes is a text like any other.
    if (call !== undefined && closing < 0) continue;
    if (match.index > end) pieces.push({ literal: text.slice(end, match.index) });
    if (call === undefined) {
      pieces.push({ name: variable === undefined ? name! : ENVIRONMENT + variable });
      end = match.index + whole.length;
    } else {
      pieces.push({ call: call as TemplateFunction, of: splitPlaceholders(text.slice(pattern.lastIndex, closing)) });
      end = closing + 1;
      pattern.lastIndex = end;
    }
  }
  if (end < text.length) pieces.push({ literal: text.slice(end) });
  return pieces;
}

/** A placeholder or a function as `splitPlaceholders` found it written. */
export function writePlaceholder(piece: Filled): string {
  if ('call' in piece) {
    const text = piece.of.map((inner) => ('literal' in inner ? inner.literal : writePlaceholder(inner))).join('');
    return `{${piece.call}:${text}}`;
  }
  const braced = `{${piece.name}}`;
  return variableOf(piece.name) === null ? braced : `$${braced}`;
}

/** How what is filled in is written where it stands: the value of a placeholder, or what a function made. */
export type Write = (value: string, piece: Filled) => string;

const asItIs: Write = (value) => value;

/** The text with every placeholder replaced, and every function's outcome in its place; functions are given values as they are. */
export function fillIn(text: string, lookUp: (name: string) => string, write: Write = asItIs): string {
  return fillPieces(splitPlaceholders(text), lookUp, write);
}

function fillPieces(pieces: readonly Piece[], lookUp: (name: string) => string, write: Write): string {
  return pieces.map((piece) => ('literal' in piece ? piece.literal : write(fillOne(piece, lookUp), piece))).join('');
}

function fillOne(piece: Filled, lookUp: (name: string) => string): string {
  return 'name' in piece ? lookUp(piece.name) : applyFunction(piece, lookUp);
}

/** What a function makes of its text, filled in. */
export function applyFunction({ call, of }: Call, lookUp: (name: string) => string): string {
  const text = fillPieces(of, lookUp, asItIs);
  if (call === 'json') return JSON.stringify(text);
  if (call === 'base64') return Buffer.from(text).toString('base64');
  const [key = ''] = text.split(',', 1);
  return createHmac('sha256', key)
    .update(text.slice(key.length + 1))
    .digest('hex');
}

/** Names of the placeholders in a text, those within functions included, without those of environment variables. */
export function listPlaceholders(text: string): readonly string[] {
  return namesIn(splitPlaceholders(text)).filter((name) => !name.startsWith(ENVIRONMENT));
}

/** Names of the environment variables that a text asks for. */
export function listVariables(text: string): readonly string[] {
  return namesIn(splitPlaceholders(text)).flatMap((name) => variableOf(name) ?? []);
}

/** The columns of the users file that a text asks for. */
export function listColumns(text: string): readonly string[] {
  return namesIn(splitPlaceholders(text)).flatMap((name) => columnOf(name) ?? []);
}

/** The variable that a placeholder's name stands for; null where it is no variable's. */
export function variableOf(name: string): string | null {
  return name.startsWith(ENVIRONMENT) ? name.slice(ENVIRONMENT.length) : null;
}

/** The column of the users file that a placeholder's name stands for; null where it is no column's. */
export function columnOf(name: string): string | null {
  return name.startsWith(COLUMN) ? name.slice(COLUMN.length) : null;
}

/** Names within functions of a kind. */
export function listNamesWithin(call: TemplateFunction, text: string): readonly string[] {
  const within = (pieces: readonly Piece[]): readonly string[] =>
    pieces.flatMap((piece) => {
      if (!('call' in piece)) return [];
      return piece.call === call ? namesIn(piece.of) : within(piece.of);
    });
  return within(splitPlaceholders(text));
}

function namesIn(pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((piece) => {
    if ('name' in piece) return [piece.name];
    return 'call' in piece ? namesIn(piece.of) : [];
  });
}

/** Where the brace closes that was opened before `from`; −1: nowhere. */
function findClosing(text: string, from: number): number {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i;
  }
  return -1;
}
