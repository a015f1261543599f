import { echoProtocol } from './adapters/echo.ts';
import { referenceProtocol } from './adapters/reference.ts';
import type { ChatProtocol } from './chat-protocol.ts';

const PROTOCOLS = { reference: referenceProtocol, echo: echoProtocol } as const;

/** The adapter of this name. A new one is added here, and to the scenario's list of names. */
export function selectProtocol(name: keyof typeof PROTOCOLS): ChatProtocol {
  return PROTOCOLS[name];
}
