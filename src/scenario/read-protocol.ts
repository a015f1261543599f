import { dirname, resolve } from 'node:path';
import { listVariables } from '../placeholders.ts';
import type { GivenFlag } from './overrides.ts';
import { type Problem, problemAt } from './problem.ts';
import { protocolBlock } from './protocol-block.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import { readYaml, type YamlSource } from './read-yaml.ts';
import { describeIssue } from './scenario-file.ts';

/** What `--protocol` gives, with every problem of the file that it names. */
export interface GivenProtocol extends GivenFlag<ProtocolSpec> {
  readonly problems: readonly Problem[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A description in a file of its own: what a scenario has below `protocol:`, or a whole scenario, whose `protocol:` is taken.
 *
 * @param flag how a problem names the flag, with its value
 */
export function readProtocol(
  text: string,
  file: string,
  flag: string,
  environment: Environment | undefined,
): GivenProtocol {
  const source = readYaml(text, file, false, 'a mapping that describes a protocol, with at least send: …');
  const broken = { flag, parsed: { ok: false, expected: 'a description', reason: '' } } as const;
  if (source.data === undefined) return { ...broken, problems: source.problems };
  const prefix = 'protocol' in source.data ? ['protocol'] : [];
  const missing = findMissingVariables(source, prefix, environment);
  const parsed = protocolBlock.safeParse(prefix.length === 0 ? source.data : source.data.protocol);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => describeIssue(source, prefix, issue, ['protocol']));
    return { ...broken, problems: [...problems, ...missing] };
  }
  return {
    flag,
    parsed: { ok: true, value: resolveModule(parsed.data, file) },
    problems: missing,
  };
}

/** With the paths of a module, or of a file of users, relative to the file that names them. */
export function resolveModule(protocol: ProtocolSpec, file: string): ProtocolSpec {
  if (typeof protocol === 'string') return protocol;
  const place = (path: string) => resolve(dirname(file), path);
  if (protocol.kind === 'module') return { kind: 'module', file: place(protocol.file) };
  if (protocol.kind !== 'template' || protocol.usersFile === null) return protocol;
  return { ...protocol, usersFile: { ...protocol.usersFile, file: place(protocol.usersFile.file) } };
}

/** A problem for every variable below the path that is not set, or empty. */
export function findMissingVariables(
  source: YamlSource,
  path: readonly string[],
  environment: Environment | undefined,
): readonly Problem[] {
  if (environment === undefined) return [];
  const value = path.reduce<unknown>((data, key) => (data as Record<string, unknown> | undefined)?.[key], source.data);
  return listMissing(value, path, environment).map(({ at, name }) =>
    problemAt(source.file, source.locate(at), `environment variable ${name}: expected it to be set`),
  );
}

interface Missing {
  readonly at: readonly PropertyKey[];
  readonly name: string;
}

function listMissing(value: unknown, at: readonly PropertyKey[], environment: Environment): readonly Missing[] {
  if (typeof value === 'string') {
    const isMissing = (name: string) => environment[name] === undefined || environment[name] === '';
    return listVariables(value)
      .filter(isMissing)
      .map((name) => ({ at, name }));
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => listMissing(member, [...at, key], environment));
}
