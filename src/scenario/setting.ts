import type { Parsed } from '../units.ts';
import type { Flags, GivenFlag } from './overrides.ts';
import { type Problem, problemAt, problemWithFlag } from './problem.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import type { YamlSource } from './read-yaml.ts';
import type { TargetRequest } from './scenario.ts';
import type { ScenarioFile, ScenarioKey } from './scenario-file.ts';

/** A value and whom to blame for it. Absent (undefined) where its source is broken, which is reported already. */
export interface Setting<T> {
  readonly value: T;
  readonly from: 'flag' | 'file' | 'default';
  blame(text: string): Problem;
}

export interface Sources {
  readonly source: YamlSource;
  readonly values: ScenarioFile;
  readonly broken: ReadonlySet<string>;
  readonly flags: Flags;
  /** `--closed` was given. */
  readonly closed: boolean;
  /** `--protocol` was given; undefined where it was not. */
  readonly protocol: GivenFlag<ProtocolSpec> | undefined;
  /** Variables that a description may ask for; undefined: none is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>> | undefined;
  /** `--no-hops` was given. */
  readonly noHops: boolean;
  /** `--auth` was given. */
  readonly auth: boolean;
  /** What a target of kind `auto` is on this machine. */
  readonly resolveAuto: (target: TargetRequest) => 'local' | 'embedded';
}

/** Where checks leave what they find; undefined is nothing. */
export type Report = (problem: Problem | undefined) => void;

/** Flag before file before default. Undefined where the one that counts is broken, or where there is none. */
export function settle<T>(
  sources: Sources,
  key: ScenarioKey,
  ofFile: T | undefined,
  given: GivenFlag<T> | undefined,
  fallback: T | undefined,
  path: readonly string[] = [key],
): Setting<T> | undefined {
  if (given !== undefined) return given.parsed.ok ? fromFlag(given.flag, given.parsed.value) : undefined;
  if (sources.broken.has(key)) return undefined;
  const blame = (text: string) =>
    problemAt(sources.source.file, sources.source.locate(path), `${path.join('.')}: ${text}`);
  if (ofFile !== undefined) return { value: ofFile, from: 'file', blame };
  return fallback === undefined ? undefined : { value: fallback, from: 'default', blame };
}

export function fromFlag<T>(flag: string, value: T): Setting<T> {
  return { value, from: 'flag', blame: (text) => problemWithFlag(flag, text) };
}

/** Of two settings that do not fit each other, the one the operator touched last: flag, then file, then default. */
export function blamed<A, B>(first: Setting<A>, second: Setting<B>): Setting<A> | Setting<B> {
  const rank = { flag: 2, file: 1, default: 0 };
  return rank[second.from] > rank[first.from] ? second : first;
}

export function atKey(sources: Sources, key: ScenarioKey, text: string): Problem {
  return problemAt(sources.source.file, sources.source.locateKey([key]), `${key}: ${text}`);
}

/** A default of ours, which is readable by definition. */
export function read<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(`default: ${parsed.reason}`);
  return parsed.value;
}
