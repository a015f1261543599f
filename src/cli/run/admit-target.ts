import { ChatbenchError } from '../../errors.ts';
import { resolveHost } from '../../generator/hosts/host-guard.ts';
import { PRIVATE_ONLY, type TlsRules } from '../../host-rules.ts';
import type { ChatProtocol } from '../../protocol/chat-protocol.ts';
import { selectProtocol } from '../../protocol/select-protocol.ts';
import { createMarker } from '../../record/marker.ts';
import { rememberSecretsOf } from '../../redact.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { type GuardedHosts, guardHosts } from './guard-hosts.ts';
import { readTls, type TlsOptions } from './read-tls.ts';
import { requireOpenFiles } from './require-open-files.ts';

/** That a target may be loaded; `openTarget` opens none without. */
export type Admission = GuardedHosts;

/** Flags that say where load may go, and whom to trust there. */
export interface ReachOptions extends TlsOptions {
  readonly allowTarget: readonly string[];
  /** The load comes from other machines, which may know names that this one does not. */
  readonly isElsewhere?: boolean;
}

export function withTls(admission: Admission, tls: TlsRules | undefined): Admission {
  return tls === undefined ? admission : { ...admission, hosts: { ...admission.hosts, tls } };
}

/**
 * Checks, before anything is opened, that so many clients can be, that a scenario's protocol can be had, that its rooms have
 * recipients, and that load goes only where it may.
 *
 * @throws ChatbenchError `scenario-invalid`, `usage`, or `target-unavailable` for a host without an address
 */
export async function admitTarget(scenario: Scenario, reach: ReachOptions): Promise<Admission> {
  // Whoever opens them elsewhere tells of its own limit, and is admitted by it.
  if (reach.isElsewhere !== true || scenario.target.url === null) requireOpenFiles(scenario);
  const { url, further } = scenario.target;
  const tls = readTls(reach);
  for (const address of url === null ? [] : [url, ...further]) rememberSecretsOf(address);
  if (url === null) {
    if (tls === undefined) return { publicHosts: [], hosts: PRIVATE_ONLY };
    throw new ChatbenchError('usage', '--ca, --cert, --key and --insecure: expected a server of your own', {
      hint: 'give its address with --target wss://HOST/PATH: the bundled cluster encrypts nothing',
    });
  }
  const protocol = await selectProtocol(scenario.protocol, process.env);
  requireRecipients(scenario, protocol);
  requireSignals(scenario, protocol);
  requireJoins(scenario, protocol);
  const protocols = [protocol];
  for (const { protocol: own } of scenario.groups ?? []) {
    if (own === undefined) continue;
    const spoken = await selectProtocol(own, process.env);
    requireRecipients({ ...scenario, protocol: own }, spoken);
    protocols.push(spoken);
  }
  const addresses = [url, ...further].flatMap((one) => protocols.flatMap((each) => listAddresses(each, one)));
  return withTls(await guardHosts(addresses, reach.allowTarget, resolveHost, reach.isElsewhere), tls);
}

/** Where a protocol leads that was given this address: to log in, to connect, to send by HTTP, and to fetch what was missed. */
export function listAddresses(protocol: ChatProtocol, endpoint: string): readonly string[] {
  const client = { client: 0, room: 0, endpoint };
  const { request } = protocol.encodeSend(client, createMarker('0000', 0), SMALL_BODY_BYTES);
  const addresses = [
    endpoint,
    protocol.open(client).url,
    ...(request === undefined ? [] : [request.url]),
    ...(protocol.login?.steps ?? []).map((step) => step.request(client).url),
    ...(protocol.history === undefined ? [] : [protocol.history.urlAfter(client, 0)]),
  ];
  for (const address of addresses) rememberSecretsOf(address);
  return addresses;
}

const SMALL_BODY_BYTES = 64;

function requireSignals({ traffic, protocol }: Scenario, { signals, history }: ChatProtocol): void {
  if (traffic === undefined || (signals !== undefined && history !== undefined)) return;
  const name = typeof protocol === 'object' && protocol.kind === 'module' ? protocol.file : 'the protocol';
  throw new ChatbenchError(
    'usage',
    `${name}: expected "signals" and "history" for a scenario with traffic, or no traffic`,
  );
}

function requireJoins({ population, protocol }: Scenario, { joinsSeveral }: ChatProtocol): void {
  if (population.roomsPerClient === undefined || joinsSeveral === true) return;
  const name = typeof protocol === 'object' && protocol.kind === 'module' ? protocol.file : 'the protocol';
  throw new ChatbenchError(
    'usage',
    `${name}: expected "joinsSeveral: true", and that open joins all of client.rooms, for a scenario with rooms-per-client`,
  );
}

/** What a module says of its server is known only now. */
function requireRecipients({ population, protocol }: Scenario, { senderReceives }: ChatProtocol): void {
  const isAlone = population.roomClasses.some(({ size }) => size === 1);
  if (!isAlone || senderReceives) return;
  const name = typeof protocol === 'object' && protocol.kind === 'module' ? protocol.file : 'the protocol';
  throw new ChatbenchError('usage', `${name}: expected rooms of 2 or more: alone in a room, a sender has no recipient`);
}
