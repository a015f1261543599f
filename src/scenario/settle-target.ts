import { DEFAULTS } from './defaults.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import * as rules from './rules.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioFile } from './scenario-file.ts';
import { blamed, type Report, read, type Setting, type Sources, settle } from './setting.ts';

export function settleTarget(
  sources: Sources,
  protocol: Setting<ProtocolSpec> | undefined,
  report: Report,
): Scenario['target'] | undefined {
  const { values, flags } = sources;
  const gateways = settle(
    sources,
    'target',
    values.target?.gateways,
    flags.gateways,
    read(rules.gateways(DEFAULTS.target.gateways)),
  );
  const workers = settle(
    sources,
    'target',
    values.target?.workers,
    flags.workers,
    read(rules.workers(DEFAULTS.target.workers)),
  );
  const balance = settle(
    sources,
    'target',
    values.target?.balance,
    flags.balance,
    read(rules.balance(DEFAULTS.target.balance)),
  );
  const fallback = { kind: DEFAULTS.target.kind, url: null };
  const chosen = settle(
    sources,
    'target',
    targetOfFile(values.target),
    flags.target,
    targetOfProtocol(protocol?.value) ?? fallback,
  );
  if (!gateways || !workers || !balance || !chosen) return undefined;
  const { kind, url } = chosen.value;
  if (kind === 'external' && url === null) report(chosen.blame('expected a url: ws://… for a target of kind external'));
  if (kind !== 'external' && url !== null) report(chosen.blame(`expected no url for a target of kind ${kind}`));
  for (const [what, setting] of [
    ['gateways', gateways],
    ['workers', workers],
  ] as const) {
    if (kind === 'external' && setting.from === 'flag') {
      report(setting.blame(`expected no number of ${what} for a target at an address: leave it out`));
    }
  }
  if (balance.value !== 'none' && (kind === 'external' || kind === 'embedded')) {
    report(blamed(chosen, balance).blame('expected a target of kind local or compose where nginx balances'));
  }
  if (protocol && protocol.value !== 'reference' && kind !== 'external' && kind !== 'auto') {
    const [what, name] = protocol.value === 'echo' ? ['an echo server', ' echo'] : ['your server', ''];
    report(chosen.blame(`expected the address of ${what} such as ws://127.0.0.1:8080/ with protocol${name}`));
  }
  return {
    kind,
    url,
    topology: DEFAULTS.target.topology,
    gateways: gateways.value,
    workers: workers.value,
    balance: balance.value,
  };
}

/** A description may name its server itself. */
function targetOfProtocol(protocol: ProtocolSpec | undefined): Pick<Scenario['target'], 'kind' | 'url'> | undefined {
  const url = typeof protocol === 'object' && protocol.kind === 'template' ? protocol.url : '';
  const origin = /^wss?:\/\/[^/?#{}]+/.exec(url)?.[0];
  return origin === undefined ? undefined : { kind: 'external', url: origin };
}

function targetOfFile(target: ScenarioFile['target']): Pick<Scenario['target'], 'kind' | 'url'> | undefined {
  if (target?.kind === undefined && target?.url === undefined) return undefined;
  return { kind: target.kind ?? 'external', url: target.url ?? null };
}
