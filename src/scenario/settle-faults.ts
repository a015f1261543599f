import { BREAKABLE } from '../choices.ts';
import { formatDuration } from '../quantities.ts';
import type { Fault } from './fault.ts';
import { checkReach } from './fault-reach.ts';
import { problemAt } from './problem.ts';
import type { TargetRequest } from './scenario.ts';
import type { Report, Sources } from './setting.ts';

/** Components that are there once, whatever the size of the target. */
const SINGLE = ['rabbitmq', 'redis', 'postgres', 'nginx', 'clients'] as const;

/** The faults in order of time, each checked against the length of measure, and the size and the kind of the target. */
export function settleFaults(
  sources: Sources,
  target: TargetRequest | undefined,
  measureUs: number | undefined,
  report: Report,
): readonly Fault[] {
  const faults = sources.values.faults ?? [];
  const blame = (index: number, text: string) =>
    report(problemAt(sources.source.file, sources.source.locate(['faults', index]), `faults[${index}]: ${text}`));
  for (const [index, fault] of faults.entries()) {
    if (measureUs !== undefined && fault.atUs >= measureUs) {
      blame(index, `expected a time within measure, which is ${formatDuration(measureUs)} long`);
    }
    const problem = target === undefined ? null : checkFault(fault, target, sources.resolveAuto);
    if (problem !== null) blame(index, problem);
  }
  return [...faults].sort((a, b) => a.atUs - b.atUs);
}

function checkFault(fault: Fault, target: TargetRequest, resolveAuto: Sources['resolveAuto']): string | null {
  const problem = checkComponent(fault, target);
  const { kind, balance } = target;
  if (problem !== null || fault.on === 'clients' || kind === 'external') return problem;
  const isAuto = kind === 'auto';
  return checkReach(fault, { kind: isAuto ? resolveAuto(target) : kind, isAuto, balance });
}

function checkComponent({ on, action }: Fault, target: TargetRequest): string | null {
  if (on === 'clients') return null;
  if (target.kind === 'external') return `expected faults of clients only with a server at an address, got ${on}`;
  if (target.workers === 0 && (on === 'rabbitmq' || on === 'amqp' || on.startsWith('worker-'))) {
    return `topology ${target.topology} has no workers and no RabbitMQ, got ${on}`;
  }
  if (action === 'disconnect') {
    return (BREAKABLE as readonly string[]).includes(on)
      ? null
      : `expected disconnect of ${BREAKABLE.join(', ')} or clients, got ${on}`;
  }
  const numbered = /^(gateway|worker)-(\d+)$/.exec(on);
  if (numbered === null) {
    return (SINGLE as readonly string[]).includes(on)
      ? null
      : `expected a component such as worker-1, gateway-1, ${SINGLE.join(', ')}, got ${on}`;
  }
  const count = numbered[1] === 'gateway' ? target.gateways : target.workers;
  const number = Number(numbered[2]);
  return number >= 1 && number <= count ? null : `expected ${numbered[1]}-1 to ${numbered[1]}-${count}, got ${on}`;
}
