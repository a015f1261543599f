import { DEFAULTS } from './defaults.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import { findMissingVariables, resolveModule } from './read-protocol.ts';
import { type Report, type Setting, type Sources, settle } from './setting.ts';
import { settleDelivery } from './settle-delivery.ts';

/** `--protocol`, or the file's `protocol:`, whose variables have to be set, with `deliver` and `send`. */
export function settleProtocol(sources: Sources, report: Report): Setting<ProtocolSpec> | undefined {
  const { source, values, protocol } = sources;
  const ofFile = values.protocol === undefined ? undefined : resolveModule(values.protocol, source.file);
  if (protocol === undefined) {
    for (const problem of findMissingVariables(source, ['protocol'], sources.environment)) report(problem);
  }
  const settled = settle<ProtocolSpec>(sources, 'protocol', ofFile, protocol, DEFAULTS.protocol);
  return settled && settleDelivery(sources, settled, report);
}
