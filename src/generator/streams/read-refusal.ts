import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../connection.ts';
import { describeBody, explainFailure } from '../socket/describe-end.ts';

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
      const detail = `HTTP status ${status}${describeBody(text, headers['retry-after'])}`;
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
