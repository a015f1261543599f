import { type Defect, hasWorkers, type QueueType, type Topology } from '../choices.ts';
import type { Parser } from '../units.ts';
import { DEFAULTS } from './defaults.ts';
import type { GivenFlag } from './overrides.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import * as rules from './rules.ts';
import type { RateLimitRequest, Scenario } from './scenario.ts';
import type { ScenarioFile } from './scenario-file.ts';
import { blamed, fromFlag, type Report, read, type Setting, type Sources, settle } from './setting.ts';
import { deliverOf } from './settle-delivery.ts';

export function settleTarget(
  sources: Sources,
  protocol: Setting<ProtocolSpec> | undefined,
  report: Report,
): Scenario['target'] | undefined {
  const { values, flags } = sources;
  const gateways = settleKey(sources, 'gateways', flags.gateways, rules.gateways);
  const workers = settleKey(sources, 'workers', flags.workers, rules.workers);
  const balance = settleKey(sources, 'balance', flags.balance, rules.balance, ['target']);
  const topology = settleKey(sources, 'topology', flags.topology, rules.topology);
  const queueType = settleKey(sources, 'queue-type', flags.queueType, rules.queueType);
  const fallback: rules.ChosenTarget = { kind: DEFAULTS.target.kind, url: null };
  const inFile = targetOfFile(values.target);
  const several = values.targets === undefined ? undefined : targetOfList(values.targets);
  const chosen = settle<rules.ChosenTarget>(
    sources,
    several === undefined ? 'target' : 'targets',
    several ?? inFile,
    flags.target,
    targetOfProtocol(protocol?.value) ?? fallback,
  );
  const rateLimit = settleRateLimit(sources, chosen, report);
  if (!gateways || !workers || !balance || !topology || !queueType || !chosen) return undefined;
  if (rateLimit === undefined) return undefined;
  const { kind, url, further = [] } = chosen.value;
  if (several !== undefined && inFile !== undefined) report(chosen.blame('expected either target or targets'));
  if (kind === 'external' && url === null) report(chosen.blame('expected a url: ws://… for a target of kind external'));
  const unfit =
    url === null ? undefined : [url, ...further].find((one) => protocol && !schemesOf(protocol.value).test(one));
  if (unfit !== undefined) {
    const rejected = rules.rejectTarget(unfit);
    // A flag's problem begins with its value.
    const text = rejected.ok ? '' : `expected ${rejected.expected}${rejected.suggestion ?? ''}`;
    if (!rejected.ok) report(chosen.blame(chosen.from === 'flag' ? text : rejected.reason));
  }
  if (kind === 'external' && sources.auth) {
    report(
      chosen.blame('expected no --auth for a target at an address: set CHATBENCH_TOKEN_KEY to the key that it has'),
    );
  }
  if (kind !== 'external' && url !== null) report(chosen.blame(`expected no url for a target of kind ${kind}`));
  for (const [what, setting] of [
    ['gateways', gateways],
    ['workers', workers],
  ] as const) {
    if (kind === 'external' && setting.from === 'flag') {
      report(setting.blame(`expected no number of ${what} for a target at an address: leave it out`));
    }
  }
  checkComposition(chosen, topology, queueType, report);
  if (balance.value !== 'none' && (kind === 'external' || kind === 'embedded')) {
    report(blamed(balance, chosen).blame('expected a target of kind local or compose where nginx balances'));
  }
  if (protocol && deliverOf(protocol.value) === null && kind !== 'external' && kind !== 'auto') {
    const [what, name] = protocol.value === 'echo' ? ['an echo server', ' echo'] : ['your server', ''];
    report(chosen.blame(`expected the address of ${what} such as ws://127.0.0.1:8080/ with protocol${name}`));
  }
  const target = {
    kind,
    url,
    further: [...further],
    topology: topology.value,
    queueType: queueType.value,
    rateLimit,
    gateways: gateways.value,
    workers: hasWorkers(topology.value) ? workers.value : 0,
    balance: balance.value,
    hops: !sources.noHops && (values.hops ?? DEFAULTS.hops),
    ...((sources.auth || values.target?.auth) && { auth: true as const }),
  };
  return { ...target, defect: settleDefect(flags.defect, target, report) };
}

type TargetKeys = NonNullable<ScenarioFile['target']>;
type DefaultedKey = Exclude<keyof TargetKeys & keyof typeof DEFAULTS.target, 'kind'>;
type ValueOf<Key extends DefaultedKey> = NonNullable<TargetKeys[Key]>;

/** A key below `target`. @param path where it is blamed in the file */
function settleKey<Key extends DefaultedKey>(
  sources: Sources,
  key: Key,
  given: GivenFlag<ValueOf<Key>> | undefined,
  rule: Parser<ValueOf<Key>>,
  path: readonly string[] = ['target', key],
): Setting<ValueOf<Key>> | undefined {
  const ofFile = sources.values.target?.[key] as ValueOf<Key> | undefined;
  return settle(sources, 'target', ofFile, given, read(rule(DEFAULTS.target[key])), path);
}

/** Null where there is none, or it cannot be read, which is reported. */
function settleDefect(
  given: GivenFlag<Defect> | undefined,
  target: Pick<Scenario['target'], 'kind' | 'topology' | 'rateLimit'>,
  report: Report,
): Defect | null {
  if (!given?.parsed.ok) return null;
  const { value: defect, blame } = fromFlag(given.flag, given.parsed.value);
  if (target.kind === 'external' || target.kind === 'compose') {
    report(blame('expected a target of kind local or embedded: only those can be made to fail'));
  }
  if (WORKERS_DEFECTS.includes(defect) && !hasWorkers(target.topology)) {
    report(blame(`expected a topology with workers, not ${target.topology}: the defect is theirs`));
  }
  if (defect === 'fixed-window-edge' && target.rateLimit?.kind !== 'sliding') {
    report(blame('expected a sliding rate limit with it, such as --rate-limit 10/s'));
  }
  return defect;
}

/** Of addresses that a protocol can be spoken at. What a module says of its transport is known once it is loaded. */
function schemesOf(protocol: ProtocolSpec): RegExp {
  if (typeof protocol === 'object' && protocol.kind === 'module') return /^(?:ws|http|mqtt)s?:/i;
  const transport = typeof protocol === 'object' && protocol.kind === 'template' ? protocol.transport : 'websocket';
  if (transport === 'mqtt') return /^(?:ws|mqtt)s?:/i;
  return transport === 'websocket' ? /^wss?:/i : /^(?:ws|http)s?:/i;
}

const WORKERS_DEFECTS: readonly Defect[] = ['early-ack', 'tail-retry', 'slow-hop'];

/** A description may name its server itself. */
function targetOfProtocol(protocol: ProtocolSpec | undefined): rules.ChosenTarget | undefined {
  const url = typeof protocol === 'object' && protocol.kind === 'template' ? protocol.url : '';
  const origin = /^(?:ws|http|mqtt)s?:\/\/[^/?#{}]+/.exec(url)?.[0];
  return origin === undefined ? undefined : { kind: 'external', url: origin };
}

/** Undefined where it cannot be read, which is reported. */
function settleRateLimit(
  sources: Sources,
  target: Setting<Pick<Scenario['target'], 'kind'>> | undefined,
  report: Report,
): Scenario['target']['rateLimit'] | undefined {
  const { values, flags } = sources;
  const quota = settle<Omit<RateLimitRequest, 'kind'> | null>(
    sources,
    'target',
    values.target?.['rate-limit'],
    flags.rateLimit,
    null,
    ['target', 'rate-limit'],
  );
  const kind = settleKey(sources, 'rate-limiter', flags.rateLimiter, rules.rateLimiter);
  if (!quota || !kind || !target) return undefined;
  if (quota.value === null) {
    if (kind.from !== 'default') report(kind.blame('expected a rate limit with it, such as 10/s'));
    return null;
  }
  if (target.value.kind === 'external' || target.value.kind === 'compose') {
    report(blamed(quota, target).blame('expected a target of kind local or embedded with a rate limit'));
  }
  return { kind: kind.value, ...quota.value };
}

/** What cannot be put together, whatever the machine has. */
function checkComposition(
  target: Setting<Pick<Scenario['target'], 'kind'>>,
  topology: Setting<Topology>,
  queueType: Setting<QueueType>,
  report: Report,
): void {
  const { kind } = target.value;
  for (const [what, setting] of [
    ['topology', topology],
    ['queue type', queueType],
  ] as const) {
    if (kind === 'external' && setting.from === 'flag') {
      report(setting.blame(`expected no ${what} for a target at an address: leave it out`));
    }
  }
  if (kind === 'embedded' && topology.value === 'stomp') {
    report(blamed(target, topology).blame('expected a target of kind local with topology stomp: it needs RabbitMQ'));
  }
  if (kind === 'compose' && topology.value !== 'worker') {
    report(blamed(target, topology).blame(`expected a target of kind local with topology ${topology.value}`));
  }
  if (queueType.value !== 'quorum') return;
  if (!hasWorkers(topology.value)) {
    report(blamed(topology, queueType).blame(`topology ${topology.value} has no queues that could be quorum queues`));
  }
  if (kind === 'embedded' || kind === 'compose') {
    report(blamed(target, queueType).blame('expected a target of kind local with quorum queues'));
  }
}

function targetOfFile(target: ScenarioFile['target']): rules.ChosenTarget | undefined {
  if (target?.kind === undefined && target?.url === undefined) return undefined;
  return { kind: target.kind ?? 'external', url: target.url ?? null, further: target.urls ?? [] };
}

function targetOfList([url = '', ...further]: readonly string[]): rules.ChosenTarget {
  return { kind: 'external', url, further };
}
