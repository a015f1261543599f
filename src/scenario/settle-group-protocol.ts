import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { connectsByRoom } from '../connects-by-room.ts';
import { LIMITS } from './defaults.ts';
import type { GroupProtocol } from './group-keys.ts';
import { problemAt } from './problem.ts';
import type { ProtocolSpec, TemplateSpec } from './protocol-spec.ts';
import { findMissingVariables, readProtocol, resolveModule } from './read-protocol.ts';
import type { Report, Sources } from './setting.ts';

/**
 * How a group speaks: what stands below it, or in the file that it names, relative to the scenario's. Undefined where it is broken, and
 * told.
 *
 * @param usual what all others speak; undefined where that is broken
 */
export function settleGroupProtocol(
  sources: Sources,
  index: number,
  given: GroupProtocol,
  usual: ProtocolSpec | undefined,
  report: Report,
): TemplateSpec | undefined {
  const { source, values } = sources;
  const path = ['groups', index, 'protocol'];
  const refuse = (text: string) => {
    report(problemAt(source.file, source.locate(path), `groups[${index}].protocol: ${text}`));
    return undefined;
  };
  const spec = 'file' in given ? readFile(sources, given.file, refuse, report) : resolveModule(given.spec, source.file);
  if (!('file' in given))
    for (const problem of findMissingVariables(source, path.map(String), sources.environment)) report(problem);
  if (spec === undefined) return undefined;
  if (typeof spec === 'string' || spec.kind !== 'template')
    return refuse('expected a description, the path of one, or a known protocol such as stomp');
  if (values.traffic !== undefined || values.groups?.some(({ traffic }) => traffic !== undefined))
    return refuse('expected no traffic beside it: a description does not say how clients type, read and fetch');
  if ((values['rooms-per-client'] ?? 1) > 1 && connectsByRoom(spec))
    return refuse('expected one whose connections do not name the {room}, so that each can be of several');
  if (usual !== undefined && usersOf(spec) !== usersOf(usual))
    return refuse('expected the same file of users as in the protocol of the scenario, or none in both');
  return spec;
}

/** Null: users are numbered. */
function usersOf(spec: ProtocolSpec): string | null {
  return typeof spec === 'object' && spec.kind === 'template' ? (spec.usersFile?.file ?? null) : null;
}

function readFile(
  { source, environment }: Sources,
  path: string,
  refuse: (text: string) => undefined,
  report: Report,
): ProtocolSpec | undefined {
  const file = resolve(dirname(source.file), path);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) return refuse(`no such file: ${JSON.stringify(path)}`);
  if (stats.size > LIMITS.maxFileBytes) return refuse(`expected a file of at most ${LIMITS.maxFileBytes} bytes`);
  const { parsed, problems } = readProtocol(readFileSync(file, 'utf8'), file, path, environment);
  for (const problem of problems) report(problem);
  return parsed.ok ? parsed.value : undefined;
}
