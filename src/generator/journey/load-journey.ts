import { pathToFileURL } from 'node:url';
import { ChatbenchError } from '../../errors.ts';
import type { Journey } from './journey.ts';

/**
 * What a module exports as `journey`.
 *
 * @throws ChatbenchError `scenario-invalid` where it cannot be loaded, or exports no such function
 */
export async function loadJourney(file: string): Promise<Journey> {
  const refuse = (reason: string, cause?: unknown) =>
    new ChatbenchError('scenario-invalid', `journey ${file}: ${reason}`, {
      hint: 'export async function journey(client) { … }, as docs/journeys.md shows',
      cause,
    });
  const loaded: Record<string, unknown> = await import(pathToFileURL(file).href).catch((cause: Error) => {
    throw refuse(`cannot be loaded: ${cause.message.split('\n', 1)[0]}`, cause);
  });
  if (typeof loaded.journey !== 'function') throw refuse('expected a function that is exported as "journey"');
  return loaded.journey as Journey;
}
