import type { Balance } from '../choices.ts';
import type { Fault } from './fault.ts';
import type { TargetRequest } from './scenario.ts';

/** The kinds of target that chatbench starts itself. */
type BundledKind = Exclude<TargetRequest['kind'], 'auto' | 'external'>;

/** What such a target is, as far as faults are concerned. */
interface FaultyTarget {
  readonly kind: BundledKind;
  /** It is of this kind because `auto` is that on this machine. */
  readonly isAuto: boolean;
  readonly balance: Balance;
}

/** What it can do, and what it cannot, about a component that it has; null where it can bring the fault about. */
export function checkReach({ action, on }: Pick<Fault, 'action' | 'on'>, target: FaultyTarget): string | null {
  const got = `got ${action} of ${on}`;
  const ofNode = /^(gateway|worker)-/.exec(on)?.[1];
  if (on === 'nginx' && action !== 'disconnect' && target.balance === 'none') {
    return `expected a balance such as round-robin with a fault of nginx: with none there is no nginx, ${got}`;
  }
  if (action === 'delay' && ofNode !== 'gateway') return `expected the delay of a gateway, such as gateway-1, ${got}`;
  if (action === 'delay' && target.balance !== 'none') {
    return `expected balance none with the delay of a gateway: behind nginx no client has an address of it, ${got}`;
  }
  const can = CAPABLE[target.kind]({ action, on });
  if (can === null) return null;
  const which = target.isAuto ? `${target.kind} (what auto is on this machine)` : target.kind;
  return `expected ${can} with target ${which}, ${got}: use --target local`;
}

/** What a kind of target can do where it cannot do this; null where it can. */
const CAPABLE: Readonly<Record<BundledKind, (fault: Pick<Fault, 'action' | 'on'>) => string | null>> = {
  local: () => null,
  compose: () => null,
  /** Parts of one process can be replaced, and its brokers are no parts at all. */
  embedded: ({ action, on }) =>
    /^(gateway|worker)-/.test(on) && (action === 'kill' || action === 'restart' || action === 'delay')
      ? null
      : 'kill or restart of a gateway or worker, or the delay of a gateway,',
};
