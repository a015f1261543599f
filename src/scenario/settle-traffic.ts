import { TRAFFIC_KINDS } from '../choices.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import type { BackgroundTraffic } from './scenario.ts';
import { atKey, type Report, type Sources } from './setting.ts';
import { deliverOf } from './settle-delivery.ts';

/** `traffic` → what there is of it; empty where there is none, or its source is broken. */
export function settleTraffic(
  sources: Sources,
  protocol: ProtocolSpec | undefined,
  report: Report,
): readonly BackgroundTraffic[] {
  const rates = sources.values.traffic ?? {};
  const traffic = TRAFFIC_KINDS.map((kind) => ({ kind, perSecond: rates[kind] ?? 0 })).filter(
    ({ perSecond }) => perSecond > 0,
  );
  if (traffic.length > 0 && protocol !== undefined && !canHaveTraffic(protocol)) {
    const wanted = deliverOf(protocol) === null ? 'protocol: reference or a module' : 'deliver: room or direct';
    report(atKey(sources, 'traffic', `expected ${wanted}, which say how clients type, read and fetch, or no traffic`));
  }
  return traffic;
}

/** What a module can do is known once it is loaded. */
export function canHaveTraffic(protocol: ProtocolSpec): boolean {
  const deliver = deliverOf(protocol);
  if (deliver !== null) return deliver === 'room' || deliver === 'direct';
  return typeof protocol === 'object' && protocol.kind === 'module';
}
