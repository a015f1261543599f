import { pathToFileURL } from 'node:url';
import { ChatbenchError } from '../errors.ts';
import { listVariables } from '../placeholders.ts';
import { rememberSecret } from '../redact.ts';
import type { ProtocolSpec } from '../scenario/protocol-spec.ts';
import { echoProtocol } from './adapters/echo.ts';
import { referenceProtocol } from './adapters/reference.ts';
import { createReferenceProtocol } from './adapters/reference-modes.ts';
import { createTemplateProtocol } from './adapters/template.ts';
import type { ChatProtocol } from './chat-protocol.ts';
import { findProtocolFault } from './find-protocol-fault.ts';
import type { Variables } from './template/fill-text.ts';

/**
 * The protocol that a scenario asks for. The values of all variables that it asks for are secrets from now on.
 *
 * @throws ChatbenchError `scenario-invalid` where a module cannot be loaded, or exports no protocol
 */
export async function selectProtocol(spec: ProtocolSpec, variables: Variables): Promise<ChatProtocol> {
  if (spec === 'reference') return referenceProtocol;
  if (spec === 'echo') return echoProtocol;
  if (spec.kind === 'reference') return createReferenceProtocol(spec);
  if (spec.kind === 'module') return loadModule(spec.file);
  for (const name of listVariables(JSON.stringify(spec))) rememberSecret(variables[name] ?? '');
  return createTemplateProtocol(spec, variables);
}

async function loadModule(file: string): Promise<ChatProtocol> {
  const refuse = (reason: string, cause?: unknown) =>
    new ChatbenchError('scenario-invalid', `protocol ${file}: ${reason}`, {
      hint: 'export const protocol: ChatProtocol = { … }, and check it with chatbench/contract',
      cause,
    });
  const loaded: Record<string, unknown> = await import(pathToFileURL(file).href).catch((cause: Error) => {
    throw refuse(`cannot be loaded: ${cause.message.split('\n', 1)[0]}`, cause);
  });
  const fault = findProtocolFault(loaded.protocol);
  if (fault !== null) throw refuse(fault);
  return loaded.protocol as ChatProtocol;
}
