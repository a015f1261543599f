import { dirname, resolve } from 'node:path';
import { mostOf } from '../extremes.ts';
import { formatRatio } from '../quantities.ts';
import { DEFAULTS, LIMITS } from './defaults.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import { bodyBytesOf, readTexts } from './read-texts.ts';
import * as rules from './rules.ts';
import type { Load, PayloadClass, TargetRequest } from './scenario.ts';
import { type Report, read, type Setting, type Sources, settle } from './setting.ts';
import { deliverOf } from './settle-delivery.ts';

/** What bodies are: sizes alone, or the lines of a file, whose longest is then the one size. */
export type Bodies = Pick<Load, 'payloads' | 'texts'>;

/** `--payload`, or the file's `payload:`: a size, a list of sizes with their shares, or a file of messages. */
export function settlePayloads(
  sources: Sources,
  protocol: ProtocolSpec | undefined,
  target: TargetRequest | undefined,
  report: Report,
): Bodies | undefined {
  const given = sources.flags.payload;
  const setting = settle<readonly PayloadClass[] | { readonly file: string }>(
    sources,
    'payload',
    sources.values.payload,
    given && {
      flag: given.flag,
      parsed: given.parsed.ok ? { ok: true, value: wholly(given.parsed.value) } : given.parsed,
    },
    wholly(read(rules.payload(DEFAULTS.payload))),
  );
  if (setting === undefined) return undefined;
  const bodies = 'file' in setting.value ? readBodies(sources, setting.value.file) : { payloads: setting.value };
  if (typeof bodies === 'string') {
    report(setting.blame(bodies));
    return undefined;
  }
  checkSizes(setting, bodies, protocol, target, report);
  return bodies;
}

function wholly(bytes: number): readonly PayloadClass[] {
  return [{ bytes, share: 1 }];
}

/** A string says why there are none. */
function readBodies(sources: Sources, written: string): Bodies | string {
  const file = resolve(dirname(sources.source.file), written);
  const list = readTexts(file);
  if (typeof list === 'string') return `${written}: ${list}`;
  let leastBytes = Number.POSITIVE_INFINITY;
  let mostBytes = 0;
  for (let i = 0; i < list.ends.length; i++) {
    const bytes = bodyBytesOf(list, i);
    if (bytes < leastBytes) leastBytes = bytes;
    if (bytes > mostBytes) mostBytes = bytes;
  }
  return { payloads: wholly(mostBytes), texts: { file, lines: list.ends.length, leastBytes, mostBytes } };
}

const BUNDLED: readonly TargetRequest['kind'][] = ['embedded', 'local', 'compose'];

function checkSizes(
  setting: Setting<unknown>,
  { payloads }: Bodies,
  protocol: ProtocolSpec | undefined,
  target: TargetRequest | undefined,
  report: Report,
): void {
  const sum = payloads.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) report(setting.blame(`expected shares that add up to 100 %, got ${formatRatio(sum)}`));
  const most = mostOf(payloads.map(({ bytes }) => bytes));
  const isBundled = deliverOf(protocol) !== null || BUNDLED.includes(target?.kind ?? 'external');
  if (isBundled && most > LIMITS.maxBundledPayloadBytes)
    report(
      setting.blame(
        `expected at most ${LIMITS.maxBundledPayloadBytes} bytes with the reference cluster, which takes frames of up to 64 KiB, got ${most}`,
      ),
    );
}
