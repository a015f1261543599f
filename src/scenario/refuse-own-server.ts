import { ChatbenchError } from '../errors.ts';
import type { ScenarioOverrides } from './overrides.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import type { GivenProtocol } from './read-protocol.ts';
import type { Scenario } from './scenario.ts';
import { deliverOf } from './settle-delivery.ts';

/** A server of the operator's own, as it was given. */
export interface OwnServer {
  /** `--protocol`; null: it speaks the reference protocol. */
  readonly protocol: ProtocolSpec | null;
  /** The flag that tells of it. */
  readonly flag: string;
}

/** Null where none of the flags is about a server of the operator's own. */
export function findOwnServer(
  overrides: ScenarioOverrides | undefined,
  given: GivenProtocol | undefined,
): OwnServer | null {
  if (given?.parsed.ok && deliverOf(given.parsed.value) === null) {
    return { protocol: given.parsed.value, flag: given.flag };
  }
  const { target } = overrides ?? {};
  return target !== undefined && /^wss?:/i.test(target) ? { protocol: null, flag: `--target ${target}` } : null;
}

/**
 * Why a ready-made scenario cannot be asked of such a server, in one line: nobody who runs it by name has written its faults and keys.
 * Null where nothing of it is in the way.
 *
 * @param scenario  as it is without flags
 */
export function refuseOwnServer(scenario: Scenario, { protocol, flag }: OwnServer): ChatbenchError | null {
  const need = nameNeed(scenario, protocol);
  if (need === null) return null;
  return new ChatbenchError('usage', `scenario "${scenario.name}" needs ${need}, got ${flag}`, {
    hint: 'with a server of your own run burst, capacity, users, or another that docs/your-server.md lists',
  });
}

function nameNeed({ protocol, faults, target, traffic }: Scenario, own: ProtocolSpec | null): string | null {
  if (faults.some(({ on }) => on !== 'clients')) return 'the reference cluster, whose parts it breaks';
  if (target.rateLimit !== null) return 'the reference cluster, whose rate limiter it sets';
  if (own === null) return null;
  const deliver = deliverOf(protocol);
  if (deliver !== null && deliver !== 'room') return `the reference protocol, for \`deliver: ${deliver}\``;
  const isModule = typeof own === 'object' && own.kind === 'module';
  if (traffic !== undefined && !isModule) {
    return 'the reference protocol, or a module that says how clients type, read and fetch';
  }
  const isSilent = typeof own === 'object' && own.kind === 'template' && !own.senderReceives;
  return protocol === 'echo' && isSilent ? 'a server that sends messages to their sender, too' : null;
}
