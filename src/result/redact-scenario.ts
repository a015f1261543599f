import { HIDDEN, listSecretSubprotocols, redactValue } from '../redact.ts';
import type { ProtocolSpec } from '../scenario/protocol-spec.ts';
import type { Group, Scenario } from '../scenario/scenario.ts';

/**
 * Without the values of headers that tell by their name that they are secret, and without tokens among subprotocols. Texts are
 * redacted with the rest of the result.
 */
export function redactScenario(scenario: Scenario): Scenario {
  const { protocol, groups } = scenario;
  return { ...scenario, protocol: redactProtocol(protocol), ...(groups && { groups: groups.map(redactGroup) }) };
}

function redactGroup(group: Group): Group {
  return group.protocol === undefined ? group : { ...group, protocol: redactProtocol(group.protocol) };
}

function redactProtocol(protocol: ProtocolSpec): ProtocolSpec {
  if (typeof protocol === 'string' || protocol.kind !== 'template') return protocol;
  const { send } = protocol;
  return {
    ...protocol,
    headers: redactHeaders(protocol.headers),
    subprotocols: redactSubprotocols(protocol.subprotocols),
    send: send.by === 'http' ? { ...send, headers: redactHeaders(send.headers) } : send,
  };
}

function redactSubprotocols(subprotocols: readonly string[]): readonly string[] {
  const secrets = listSecretSubprotocols(subprotocols);
  return subprotocols.map((text) => (secrets.includes(text) ? HIDDEN : text));
}

function redactHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, redactValue(name, value)]));
}
