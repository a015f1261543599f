import { ChatbenchError } from '../../errors.ts';
import { TLS_REMEDY } from '../../host-rules.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { deliverOf } from '../../scenario/settle-delivery.ts';

/**
 * The error, where no connection could be opened to a server of which nobody said how to speak to it, with a hint that says so. Any
 * other error as it is.
 *
 * @param given  value of `--protocol`
 */
export function hintAtProtocol(error: unknown, scenario: Scenario, given: string | undefined): unknown {
  const isUnreachable = error instanceof ChatbenchError && error.code === 'target-unavailable';
  const isReference = deliverOf(scenario.protocol) !== null;
  if (isUnreachable && error.hint === TLS_REMEDY) return error;
  if (!isUnreachable || scenario.target.kind !== 'external' || given !== undefined || !isReference) return error;
  return new ChatbenchError('target-unavailable', error.message, {
    hint: 'check that the server is up; no --protocol was given, so that the reference protocol was spoken: describe your server, see docs/your-server.md',
    cause: error.cause,
  });
}
