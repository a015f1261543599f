import { pathToFileURL } from 'node:url';
import { ChatbenchError } from '../errors.ts';
import { fillIn, listVariables, variableOf } from '../placeholders.ts';
import { listSecretSubprotocols, rememberSecret } from '../redact.ts';
import type { ProtocolSpec, TemplateSpec } from '../scenario/protocol-spec.ts';
import { TOKEN_KEY_VARIABLE } from '../token-key.ts';
import { echoProtocol } from './adapters/echo.ts';
import { referenceProtocol } from './adapters/reference.ts';
import { createReferenceProtocol } from './adapters/reference-modes.ts';
import { withTokens } from './adapters/reference-tokens.ts';
import { withTraces } from './adapters/reference-traces.ts';
import { createTemplateProtocol } from './adapters/template.ts';
import type { ChatProtocol } from './chat-protocol.ts';
import { findProtocolFault } from './find-protocol-fault.ts';
import type { Variables } from './template/fill-text.ts';

/**
 * The protocol that a scenario asks for. The values of all variables that it asks for are secrets from now on, and so are tokens
 * among its subprotocols.
 *
 * @param isTraced the bundled cluster's messages have traces; others' have them where their description says so
 * @throws ChatbenchError `scenario-invalid` where a module cannot be loaded, or exports no protocol, or where a variable cannot
 *   stand where it is asked for
 */
export async function selectProtocol(
  spec: ProtocolSpec,
  variables: Variables,
  isTraced = false,
): Promise<ChatProtocol> {
  if (spec === 'reference') return bearTokens(traceMessages(referenceProtocol, isTraced), variables, false);
  if (spec === 'echo') return echoProtocol;
  if (spec.kind === 'reference') {
    const protocol = traceMessages(createReferenceProtocol(spec), isTraced);
    return bearTokens(protocol, variables, spec.deliver === 'everyone');
  }
  if (spec.kind === 'module') return loadModule(spec.file);
  for (const name of listVariables(JSON.stringify(spec))) rememberSecret(variables[name] ?? '');
  for (const token of listSecretSubprotocols(spec.subprotocols)) rememberSecret(token);
  requireSubprotocols(spec, variables);
  return createTemplateProtocol(spec, variables);
}

/** Messages that are kept, that is: what is only passed on has no place for one. */
function traceMessages(protocol: ChatProtocol, isTraced: boolean): ChatProtocol {
  return isTraced && protocol.history !== undefined ? withTraces(protocol) : protocol;
}

function bearTokens(protocol: ChatProtocol, variables: Variables, toAll: boolean): ChatProtocol {
  const key = variables[TOKEN_KEY_VARIABLE] ?? '';
  if (key === '') return protocol;
  rememberSecret(key);
  return withTokens(protocol, key, toAll);
}

/** A subprotocol is a token of HTTP (RFC 6455, section 4.1): other characters would end it, or the whole handshake. */
function requireSubprotocols({ subprotocols }: TemplateSpec, variables: Variables): void {
  for (const text of subprotocols) {
    if (TOKEN.test(fillIn(text, (name) => variables[variableOf(name) ?? ''] ?? ''))) continue;
    throw new ChatbenchError(
      'scenario-invalid',
      `protocol.subprotocols: ${text}: expected a value of letters, digits and !#$%&'*+-.^_\`|~`,
      { hint: 'encode it as the server expects it, such as base64url without padding' },
    );
  }
}

const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/;

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
