/** A frame of STOMP 1.2. */
export interface StompFrame {
  readonly command: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const NUL = 0;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const HEADER_LIMIT_BYTES = 64 * 1024;

/** Header values are escaped but in CONNECT, whose are not (STOMP 1.2, "Value Encoding"). */
export function encodeStompFrame(
  command: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer | string = '',
): Buffer {
  const encode = command === 'CONNECT' ? (text: string) => text : escapeHeader;
  const content = Buffer.from(body);
  let head = `${command}\n`;
  for (const [name, value] of Object.entries(headers)) head += `${encode(name)}:${encode(value)}\n`;
  if (content.length > 0) head += `content-length:${content.length}\n`;
  return Buffer.concat([Buffer.from(`${head}\n`), content, END]);
}

const END = Buffer.from([NUL]);

/** Takes a stream of bytes, however it is cut, and yields whole frames. Throws where it is none. */
export class StompReader {
  #rest: Buffer = Buffer.alloc(0);

  *read(chunk: Buffer): Generator<StompFrame> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const frame = this.#take();
      if (frame === null) return;
      yield frame;
    }
  }

  #take(): StompFrame | null {
    let start = 0;
    // Newlines between frames are heart-beats.
    while (this.#rest[start] === NEWLINE || this.#rest[start] === CARRIAGE_RETURN) start++;
    this.#rest = this.#rest.subarray(start);
    const headEnd = this.#rest.indexOf('\n\n');
    if (headEnd < 0) {
      if (this.#rest.length > HEADER_LIMIT_BYTES) throw new Error('STOMP: headers without end');
      return null;
    }
    const [command = '', ...lines] = this.#rest.toString('utf8', 0, headEnd).split('\n');
    const headers = readHeaders(lines);
    const bodyStart = headEnd + 2;
    const length = headers['content-length'];
    const bodyEnd = length === undefined ? this.#rest.indexOf(NUL, bodyStart) : bodyStart + Number(length);
    if (Number.isNaN(bodyEnd)) throw new Error(`STOMP: expected a number as content-length, got "${length}"`);
    if (bodyEnd < 0 || bodyEnd >= this.#rest.length) return null;
    if (this.#rest[bodyEnd] !== NUL) throw new Error('STOMP: body is longer than its content-length');
    const body = this.#rest.subarray(bodyStart, bodyEnd);
    this.#rest = this.#rest.subarray(bodyEnd + 1);
    return { command, headers, body };
  }
}

/** The first of a repeated header counts. */
function readHeaders(lines: readonly string[]): Record<string, string> {
  // Without a prototype: `toString` is a name like any other.
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 0) throw new Error(`STOMP: expected a header, got "${line.slice(0, 80)}"`);
    const name = unescapeHeader(line.slice(0, colon));
    headers[name] ??= unescapeHeader(line.slice(colon + 1).replace(/\r$/, ''));
  }
  return headers;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', ':': '\\c' };
const UNESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\c': ':' };

function escapeHeader(text: string): string {
  return text.replace(/[\\\n\r:]/g, (character) => ESCAPES[character]!);
}

function unescapeHeader(text: string): string {
  return text.replace(/\\[\\nrc]/g, (sequence) => UNESCAPES[sequence]!);
}
