import type { Refusal } from '../connection.ts';
import { describeBody } from './describe-end.ts';
import type { AnswerHead } from './handshake.ts';

/** As much of a body is read: more than is told, so that a secret that is cut is one that can be recognised. */
const READ_BYTES = 2_048;

/** Collects the beginning of the body with which a server refuses a handshake. */
export class RefusedHandshake {
  readonly #refusal: Refusal;
  readonly #head: AnswerHead;
  #body: Buffer = Buffer.alloc(0);

  constructor(refusal: Refusal, head: AnswerHead) {
    this.#refusal = refusal;
    this.#head = head;
  }

  /** True once enough of it is there. The chunk may be reused. */
  take(chunk: Buffer): boolean {
    this.#body = Buffer.concat([this.#body, chunk]);
    const { contentLength, isChunked } = this.#head;
    if (this.#body.length >= READ_BYTES) return true;
    if (isChunked) return LAST_CHUNK.test(this.#body.toString('latin1'));
    return contentLength !== null && this.#body.length >= contentLength;
  }

  /** The refusal with what is there of the body, and when to come back. */
  end(): Refusal {
    const { contentLength, isChunked, isEncoded, retryAfter } = this.#head;
    const bytes = this.#body.subarray(0, Math.min(READ_BYTES, contentLength ?? READ_BYTES));
    const text = isChunked ? joinChunks(bytes.toString('utf8')) : bytes.toString('utf8');
    const isText = !isEncoded && !text.includes('\0');
    return { ...this.#refusal, detail: this.#refusal.detail + describeBody(isText ? text : '', retryAfter) };
  }
}

const CHUNK_SIZE = /^([0-9a-f]+)[^\r\n]*\r\n/i;
const LAST_CHUNK = /(?:^|\r\n)0+\r\n/;

/** The text of a chunked body (RFC 9112, section 7.1), whose last chunk may be cut. Sizes are of bytes: exact for ASCII. */
function joinChunks(text: string): string {
  let joined = '';
  let rest = text;
  for (let size = CHUNK_SIZE.exec(rest); size !== null; size = CHUNK_SIZE.exec(rest)) {
    const length = Number.parseInt(size[1]!, 16);
    if (length === 0) break;
    joined += rest.slice(size[0].length, size[0].length + length);
    rest = rest.slice(size[0].length + length).replace(/^\r\n/, '');
  }
  return joined;
}
