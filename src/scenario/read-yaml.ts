import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { type Problem, problemAt } from './problem.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML text as plain data, with the way back from a path to its place in the text. */
export interface YamlSource {
  readonly file: string;
  /** Plain data; undefined where the text is not a YAML mapping. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** Place of the value at a path, or of the nearest thing above it that exists. */
  locate(path: readonly PropertyKey[]): Place;
  /** Place of the key that ends the path. */
  locateKey(path: readonly PropertyKey[]): Place;
  readonly problems: readonly Problem[];
  /** The text has a section `quick`. */
  readonly hasQuick: boolean;
}

// Scenarios have no use for deep sharing; this stops a text of a few lines that expands to gigabytes.
const MAX_ALIASES = 20;

/**
 * Reads one YAML document, which has to be a mapping. Yields every syntax problem with its place; never throws.
 *
 * @param quick the keys of its section `quick` take the place of those of the same name; else the section is left out
 */
export function readYaml(
  text: string,
  file: string,
  quick = false,
  expected = 'a mapping with name, question and a load',
): YamlSource {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, logLevel: 'error' });
  const placeOf = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const hasQuick = settleQuick(document, quick);
  const source = {
    file,
    hasQuick,
    locate: (path: readonly PropertyKey[]) => placeOf(offsetOf(document, path, false)),
    locateKey: (path: readonly PropertyKey[]) => placeOf(offsetOf(document, path, true)),
  };
  const problems = [...document.errors, ...document.warnings].map((error) =>
    problemAt(file, placeOf(error.pos[0]), `invalid YAML: ${describeError(error)}`),
  );
  if (problems.length > 0) return { ...source, data: undefined, problems };
  const refuse = (text: string) => ({
    ...source,
    data: undefined,
    problems: [problemAt(file, source.locate([]), text)],
  });
  try {
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (isMap(document.contents)) return { ...source, data: data as Record<string, unknown>, problems };
  } catch (error) {
    return refuse(`invalid YAML: ${firstLine(error instanceof Error ? error.message : String(error))}`);
  }
  return refuse(`expected ${expected}`);
}

/** Nodes keep their places, so that a problem with a key of the section points into the section. */
function settleQuick(document: Document, quick: boolean): boolean {
  const root = document.contents;
  if (!isMap(root)) return false;
  const section = root.get('quick', true);
  // What is no mapping stays, and is told as an unknown key.
  if (!isMap(section)) return false;
  root.delete('quick');
  if (!quick) return true;
  for (const pair of section.items) {
    root.delete(isScalar(pair.key) ? pair.key.value : pair.key);
    root.items.push(pair as (typeof root.items)[number]);
  }
  return true;
}

function offsetOf(document: Document, path: readonly PropertyKey[], ofKey: boolean): number {
  let node = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, segment] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    let next: Node | null = null;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : key) === String(segment));
      const key = pair?.key as Node | undefined;
      if (ofKey && depth === path.length - 1) return key?.range?.[0] ?? offset;
      next = (pair?.value as Node | null | undefined) ?? null;
    } else if (isSeq(node)) {
      next = (node.items[Number(segment)] as Node | undefined) ?? null;
    }
    if (next === null) return offset;
    node = next;
    offset = node.range?.[0] ?? offset;
  }
  return offset;
}

function describeError(error: YAMLError): string {
  return error.code === 'MULTIPLE_DOCS' ? 'expected one document, got several' : firstLine(error.message);
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]!;
  return line.charAt(0).toLowerCase() + line.slice(1);
}
