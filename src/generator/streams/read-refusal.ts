import type { IncomingMessage } from 'node:http';
import { excerpt } from '../../redact.ts';
import type { Refusal } from '../connection.ts';
import { explainFailure } from '../socket/describe-end.ts';

const TOLD_CHARACTERS = 200;
const READ_CHARACTERS = 2_048;
const PATIENCE_MS = 500;

/** What a server says instead of what it was asked for, its words included where they come soon. */
export function readRefusal(response: IncomingMessage): Promise<Refusal> {
  const { statusCode: status = 0, headers } = response;
  const { location } = headers;
  let text = '';
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      response.destroy();
      const told = excerpt(text.replace(/\s+/g, ' ').trim(), TOLD_CHARACTERS);
      const wait = headers['retry-after'] === undefined ? '' : `, Retry-After ${headers['retry-after']}`;
      const detail = `HTTP status ${status}${wait}${told === '' ? '' : `: ${told}`}`;
      resolve({ outcome: 'refused', detail, answer: { status, location: location ?? null } });
    };
    const timer = setTimeout(settle, PATIENCE_MS);
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length >= READ_CHARACTERS) settle();
    });
    response.on('end', settle).on('error', settle);
  });
}

/** There is no answer. */
export function explainNoAnswer(error: Error): Refusal {
  return (error as NodeJS.ErrnoException).code === 'ECONNRESET'
    ? { outcome: 'closed', detail: 'closed before it answered' }
    : explainFailure(error);
}
