import { parse } from 'csv-parse/sync';
import { ChatbenchError } from '../../errors.ts';
import { type UserTable, UserTableBuilder } from '../../user-table.ts';
import type { UsersFileSpec } from '../protocol-spec.ts';
import { readDataFile } from '../read-data-file.ts';

const NAME_COLUMNS = ['user', 'name'];
const ROOM_COLUMNS = ['rooms', 'room'];
/** What is said of people wherever it helps; anything else that a file says of them is not shown. */
const SHOWN_COLUMNS = [...NAME_COLUMNS, ...ROOM_COLUMNS, 'id'];

/**
 * The users of a file: CSV with a header, or JSON lines, which begin with a brace. Columns of JSON lines are the members of the first line;
 * members of members have names such as `address.city`, and lists are cells with commas.
 *
 * @throws ChatbenchError `scenario-invalid` where it cannot be read, or has no users
 */
export function readUsers(spec: UsersFileSpec): UserTable {
  const text = readText(spec.file);
  const { columns, builder } = /^\s*\{/.test(text) ? readJsonLines(text, spec.file) : readCsv(text, spec.file);
  const columnOf = (names: readonly string[]) =>
    names.map((name) => columns.indexOf(name)).find((column) => column >= 0) ?? -1;
  const unknown = spec.shown.find((name) => !columns.includes(name));
  if (unknown !== undefined)
    throw refuse(spec.file, `no column ${JSON.stringify(unknown)}, expected ${listNames(columns)}`);
  const table = builder.build({
    columns,
    nameColumn: columnOf(NAME_COLUMNS),
    roomColumn: columnOf(ROOM_COLUMNS),
    secret: columns.map((name) => !SHOWN_COLUMNS.includes(name) && !spec.shown.includes(name)),
  });
  if (table.rows === 0) throw refuse(spec.file, 'expected at least one user');
  return table;
}

/** @throws ChatbenchError where the description asks for a column that the file has not */
export function requireColumns(table: UserTable, wanted: readonly string[], file: string): void {
  const missing = wanted.find((name) => !table.columns.includes(name));
  if (missing !== undefined)
    throw refuse(file, `{user.${missing}}: no column ${JSON.stringify(missing)}, expected ${listNames(table.columns)}`);
}

function readText(file: string): string {
  const bytes = readDataFile(file);
  if (typeof bytes === 'string') throw refuse(file, bytes);
  return bytes.toString();
}

interface Read {
  readonly columns: readonly string[];
  readonly builder: UserTableBuilder;
}

function readCsv(text: string, file: string): Read {
  const builder = new UserTableBuilder();
  let columns: readonly string[] | null = null;
  try {
    // Told record by record and kept by nobody else: a list of all of them would be many times the file.
    parse(text, {
      skip_empty_lines: true,
      relax_column_count: true,
      delimiter: delimiterOf(text),
      on_record(record: string[], { lines }) {
        if (columns === null)
          columns = checkColumns(
            record.map((name) => name.trim()),
            file,
          );
        else if (record.length === columns.length) builder.add(record);
        else
          throw refuse(
            file,
            `line ${lines}: expected ${columns.length} values, as in the header, got ${record.length}`,
          );
        return null;
      },
    });
  } catch (error) {
    if (error instanceof ChatbenchError) throw error;
    // What it found may be a secret: where it is has to do.
    const { code, lines } = error as { code?: string; lines?: number };
    throw refuse(file, `line ${lines ?? '?'}: expected CSV (${code ?? 'unreadable'})`);
  }
  if (columns === null) throw refuse(file, 'expected a header and a line for each user');
  return { columns, builder };
}

/** A comma, unless the header has none and semicolons or tabs instead. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split('\n', 1);
  if (header.includes(',')) return ',';
  return header.includes('\t') ? '\t' : header.includes(';') ? ';' : ',';
}

function readJsonLines(text: string, file: string): Read {
  const builder = new UserTableBuilder();
  let columns: readonly string[] | null = null;
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const written = text.slice(at, end < 0 ? undefined : end).trim();
    at = end < 0 ? text.length : end + 1;
    line++;
    if (written === '') continue;
    const cells = flatten(parseObject(written, line, file));
    columns ??= checkColumns([...cells.keys()], file);
    const missing = columns.find((name) => !cells.has(name));
    if (missing !== undefined)
      throw refuse(file, `line ${line}: expected a member ${JSON.stringify(missing)}, as in the first`);
    builder.add(columns.map((name) => cells.get(name)!));
  }
  return { columns: columns ?? [], builder };
}

function parseObject(text: string, line: number, file: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Told below: the parser's own words have pieces of the line in them.
  }
  throw refuse(file, `line ${line}: expected a JSON object`);
}

function flatten(value: object, prefix = ''): Map<string, string> {
  const cells = new Map<string, string>();
  for (const [key, member] of Object.entries(value)) {
    const name = prefix + key;
    if (Array.isArray(member)) cells.set(name, member.map(String).join(','));
    else if (member !== null && typeof member === 'object')
      for (const [k, v] of flatten(member, `${name}.`)) cells.set(k, v);
    else cells.set(name, member === null ? '' : String(member));
  }
  return cells;
}

function checkColumns(columns: readonly string[], file: string): readonly string[] {
  const double = columns.find((name, index) => columns.indexOf(name) < index);
  if (double !== undefined) throw refuse(file, `expected each column once, got ${JSON.stringify(double)} twice`);
  if (columns.every((name) => name === '')) throw refuse(file, 'expected a header with the names of the columns');
  return columns;
}

function listNames(columns: readonly string[]): string {
  return `one of ${columns.join(', ')}`;
}

function refuse(file: string, reason: string): ChatbenchError {
  return new ChatbenchError('scenario-invalid', `users ${file}: ${reason}`, {
    hint: 'a file of users is CSV with a header such as "user,password", or has a JSON object on each line',
  });
}
