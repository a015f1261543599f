import { ChatbenchError } from '../../errors.ts';
import { hideRemembered, redactValue } from '../../redact.ts';
import type { ProtocolSpec } from '../../scenario/protocol-spec.ts';
import type { ShardAssignment } from '../shard-messages.ts';
import type { RemoteAssignment } from './messages.ts';

/**
 * What an agent is told of a shard. Secrets stay on this machine: variables travel by name, and modules by what their text hashes to.
 *
 * @param moduleHash SHA-256 of the protocol's module in hex; null where it is none
 * @throws ChatbenchError `usage` for what would have to tell a secret
 */
export function toRemoteAssignment(assignment: ShardAssignment, moduleHash: string | null): RemoteAssignment {
  const { hosts, sourceAddress: _, users = null, protocol, ...rest } = assignment;
  if (users !== null) {
    throw refuse('a table of users holds secrets, and no secret leaves this machine', 'run without --agents');
  }
  const { tls } = hosts;
  if (tls !== undefined && (tls.cert !== null || tls.key !== null)) {
    throw refuse('--cert and --key: a private key does not leave this machine', 'run without --agents');
  }
  const remote: RemoteAssignment = {
    ...rest,
    traces: assignment.traces ?? 0,
    isTraced: assignment.isTraced ?? false,
    regions: assignment.regions ?? null,
    protocol: nameModule(protocol, moduleHash),
    isElsewhere: true,
    tls: tls === undefined ? null : { ca: tls.ca, verifies: tls.verifies },
  };
  if (tellsSecret(remote)) {
    throw refuse(
      'the address or the protocol holds a secret, and no secret leaves this machine',
      `write ${variable('NAME')} in its place in a description of the protocol, and set NAME where the agents run`,
    );
  }
  return remote;
}

function variable(name: string): string {
  return `\${env:${name}}`;
}

function nameModule(protocol: ProtocolSpec, moduleHash: string | null): ProtocolSpec {
  const isModule = typeof protocol === 'object' && protocol.kind === 'module';
  return isModule ? { ...protocol, file: moduleHash ?? '' } : protocol;
}

function tellsSecret(remote: RemoteAssignment): boolean {
  const json = JSON.stringify(remote);
  return (
    hideRemembered(json) !== json ||
    listHeaders(remote.protocol).some(([name, value]) => redactValue(name, value) !== value)
  );
}

function listHeaders(protocol: ProtocolSpec): readonly (readonly [string, string])[] {
  if (typeof protocol !== 'object' || protocol.kind !== 'template') return [];
  const { headers, send } = protocol;
  return [...Object.entries(headers), ...(send.by === 'http' ? Object.entries(send.headers) : [])];
}

function refuse(message: string, hint: string): ChatbenchError {
  return new ChatbenchError('usage', `--agents: ${message}`, { hint });
}
