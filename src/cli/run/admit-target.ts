import { bufferOver } from '../../buffer-over.ts';
import { ChatbenchError } from '../../errors.ts';
import { resolveHost } from '../../generator/hosts/host-guard.ts';
import { loadJourney } from '../../generator/journey/load-journey.ts';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import type { ChatProtocol } from '../../protocol/chat-protocol.ts';
import { selectProtocol } from '../../protocol/select-protocol.ts';
import { createMarker } from '../../record/marker.ts';
import { redact, rememberSecretsOf } from '../../redact.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { type GuardedHosts, guardHosts } from './guard-hosts.ts';
import { type ProxyOptions, readProxy } from './read-proxy.ts';
import { readTls, type TlsOptions } from './read-tls.ts';
import { requireOpenFiles } from './require-open-files.ts';

/** That a target may be loaded; `openTarget` opens none without. */
export type Admission = GuardedHosts;

/** Flags that say where load may go, through whom, and whom to trust there. */
export interface ReachOptions extends TlsOptions, ProxyOptions {
  readonly allowTarget: readonly string[];
  /** The load comes from other machines, which may know names that this one does not. */
  readonly isElsewhere?: boolean;
}

/**
 * Where load may go that these addresses are given, by flags and the environment.
 *
 * @throws ChatbenchError `usage`, or `target-unavailable` for a host without an address
 */
export async function admitAddresses(urls: readonly string[], reach: ReachOptions): Promise<Admission> {
  const tls = readTls(reach);
  const proxy = readProxy(reach, process.env);
  if (reach.proxy !== undefined && proxy !== undefined) requireProxied(urls);
  const admission = await guardHosts(urls, reach.allowTarget, resolveHost, {
    ...(proxy && { proxy }),
    ...(reach.isElsewhere === true && { isElsewhere: true }),
  });
  return tls === undefined ? admission : { ...admission, hosts: { ...admission.hosts, tls } };
}

function requireProxied(urls: readonly string[]): void {
  const broker = urls.find((url) => /^mqtts?:/i.test(url));
  if (broker === undefined) return;
  throw new ChatbenchError('usage', `--proxy: expected ws://, wss://, http:// or https://, got ${redact(broker)}`, {
    hint: 'MQTT goes through a proxy over WebSockets: ws://HOST:PORT',
  });
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
  if (scenario.load.journey !== undefined) await loadJourney(scenario.load.journey);
  const { url, further } = scenario.target;
  for (const address of url === null ? [] : [url, ...further]) rememberSecretsOf(address);
  if (url === null) {
    if (readTls(reach) === undefined && reach.proxy === undefined)
      return { publicHosts: [], proxies: [], hosts: PRIVATE_ONLY };
    throw new ChatbenchError('usage', '--ca, --cert, --key, --insecure and --proxy: expected a server of your own', {
      hint: 'give its address with --target wss://HOST/PATH: the bundled cluster runs on this machine and encrypts nothing',
    });
  }
  const protocol = await selectProtocol(scenario.protocol, process.env);
  requireRecipients(scenario, protocol);
  requireSignals(scenario, protocol);
  requireBodies(scenario, protocol);
  requireJoins(scenario, protocol);
  const protocols = [protocol];
  for (const { protocol: own } of scenario.groups ?? []) {
    if (own === undefined) continue;
    const spoken = await selectProtocol(own, process.env);
    requireRecipients({ ...scenario, protocol: own }, spoken);
    requireBodies({ ...scenario, protocol: own }, spoken);
    protocols.push(spoken);
  }
  const addresses = [url, ...further].flatMap((one) => protocols.flatMap((each) => listAddresses(each, one)));
  return admitAddresses(addresses, reach);
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

/** Hosts that a protocol leads to from these addresses, each once. */
export function listHosts(protocol: ChatProtocol, endpoints: readonly string[]): readonly string[] {
  const addresses = endpoints.flatMap((endpoint) => listAddresses(protocol, endpoint));
  return [...new Set(addresses.map((address) => new URL(address).hostname))];
}

/** What is to be mended: the file of a module. */
function nameProtocol(protocol: Scenario['protocol']): string {
  return typeof protocol === 'object' && protocol.kind === 'module' ? protocol.file : 'the protocol';
}

function requireSignals({ traffic, protocol }: Scenario, { signals, history }: ChatProtocol): void {
  if (traffic === undefined || (signals !== undefined && history !== undefined)) return;
  throw new ChatbenchError(
    'usage',
    `${nameProtocol(protocol)}: expected "signals" and "history" for a scenario with traffic, or no traffic`,
  );
}

/** A module that takes no body would send filler in place of what a file says. */
function requireBodies({ load: { texts }, protocol }: Scenario, { encodeSend }: ChatProtocol): void {
  if (texts === undefined) return;
  const client = { client: 0, room: 0, endpoint: 'ws://localhost' };
  const marker = createMarker('0000', 0);
  const bytes = marker.length + 2;
  const [one, other] = ['a', 'b'].map((text) =>
    bufferOver(encodeSend(client, marker, bytes, `${marker} ${text}`).frame),
  );
  if (!one!.equals(other!)) return;
  throw new ChatbenchError(
    'usage',
    `${nameProtocol(protocol)}: encodeSend leaves its fourth parameter, the body, unused: expected it to be sent, or a payload without a file`,
  );
}

function requireJoins({ population, protocol }: Scenario, { joinsSeveral }: ChatProtocol): void {
  if (population.roomsPerClient === undefined || joinsSeveral === true) return;
  throw new ChatbenchError(
    'usage',
    `${nameProtocol(protocol)}: expected "joinsSeveral: true", and that open joins all of client.rooms, for a scenario with rooms-per-client`,
  );
}

/** What a module says of its server is known only now. */
function requireRecipients({ population, protocol }: Scenario, { senderReceives }: ChatProtocol): void {
  const isAlone = population.roomClasses.some(({ size }) => size === 1);
  if (!isAlone || senderReceives) return;
  throw new ChatbenchError(
    'usage',
    `${nameProtocol(protocol)}: expected rooms of 2 or more: alone in a room, a sender has no recipient`,
  );
}
