import { listPlaceholders } from '../../placeholders.ts';
import type { TemplateSpec } from '../../scenario/protocol-spec.ts';
import { compileSequencesReader, readBareSequences } from './compile-rule.ts';

/**
 * How a described protocol's acknowledgements and refusals tell by number which message they are about: by the group of a pattern
 * of either rule; a refusal, which may have another form than an acknowledgement, by any number in it that {seq} can be. Null
 * where neither rule has a group and no number is sent.
 */
export function compileSequences(
  { ack, error, send }: Pick<TemplateSpec, 'ack' | 'error' | 'send'>,
  fill: (text: string) => string,
): ((frame: Buffer, kind: 'ack' | 'error') => readonly number[]) | null {
  const ofAck = ack && compileSequencesReader(ack, fill);
  const ofError = error && compileSequencesReader(error, fill);
  const isNumbered = listPlaceholders(send.frame.text).includes('seq');
  if (ofAck === null && ofError === null && !(isNumbered && error !== null)) return null;
  return (frame, kind) => {
    if (kind === 'ack') return ofAck?.(frame) ?? [];
    for (const read of [ofError, ofAck, isNumbered ? readBareSequences : null]) {
      const sequences = read?.(frame) ?? [];
      if (sequences.length > 0) return sequences;
    }
    return [];
  };
}
