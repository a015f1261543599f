import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { identifyProcess, isAlive } from '../../launch/supervision/process-identity.ts';
import { runProgram } from './run-program.ts';

const FOLDER_PREFIX = 'chatbench-engine-';
const RECORD_FILE = 'owner.json';
const CONTROL_GROUPS = '/sys/fs/cgroup';
/**
 * RTM_DELLINK over netlink, acknowledged, for each index of a link: the program `ip` is not on every system. What is gone by itself
 * meanwhile is as good as deleted.
 */
const DELETE_LINKS = `socket(my $s, 16, 3, 0) or die $!;
for (@ARGV) {
  send($s, pack("LSSLLCxSlLL", 32, 17, 5, 1, 0, 0, 0, $_, 0, 0), 0) or die $!;
  recv($s, my $answer, 4096, 0);
}`;
const LINKS = '/sys/class/net';
/** A folder without a record may be one that is just being made. */
const UNRECORDED_AGE_MS = 10 * 60_000;

/** What an engine makes outside of its own processes. */
export interface EngineTraces {
  readonly folder: string;
  /** Of the names of its networks' bridges, which have 15 characters at most. */
  readonly bridgePrefix: string;
  /** Above those of its containers, from the root of each hierarchy on. */
  readonly controlGroup: string;
}

const record = z.strictObject({ pid: z.number().int(), startedAt: z.string(), id: z.string().regex(/^[0-9a-f]{4}$/) });

/** @param id four hex digits */
export function makeEngineFolder(id: string): EngineTraces {
  const folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
  const owner = identifyProcess(process.pid) ?? { pid: process.pid, startedAt: '' };
  writeFileSync(join(folder, RECORD_FILE), JSON.stringify({ ...owner, id }));
  return nameTraces(folder, id);
}

function nameTraces(folder: string, id: string): EngineTraces {
  return { folder, bridgePrefix: `cb${id}-`, controlGroup: `/${FOLDER_PREFIX}${id}` };
}

/** After the engine's last process has ended. */
export async function removeTraces({ folder, bridgePrefix, controlGroup }: EngineTraces): Promise<void> {
  const bridges = readdirSync(LINKS).filter((name) => name.startsWith(bridgePrefix));
  // What leads to a container outlives it while one of its connections waits for an answer: minutes.
  const ports = bridges.flatMap((bridge) => readdirSync(join(LINKS, bridge, 'brif')));
  const indices = [...ports, ...bridges].flatMap(readLinkIndex);
  if (indices.length > 0) await runProgram('perl', ['-e', DELETE_LINKS, ...indices]);
  const hierarchies = readdirSync(CONTROL_GROUPS).map((name) => join(CONTROL_GROUPS, name));
  for (const hierarchy of [CONTROL_GROUPS, ...hierarchies]) removeGroup(join(hierarchy, controlGroup));
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

function readLinkIndex(name: string): string[] {
  try {
    return [readFileSync(join(LINKS, name, 'ifindex'), 'utf8').trim()];
  } catch {
    return [];
  }
}

/** Innermost first. Its files are the kernel's and go with it. */
function removeGroup(path: string): void {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroup(join(path, entry.name));
  }
  rmdirSync(path);
}

/** Removes what is left of engines whose owners were killed; those of live ones, and what is not ours, are left alone. */
export async function sweepStaleEngines(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith(FOLDER_PREFIX) || lstatSync(folder, { throwIfNoEntry: false })?.uid !== process.getuid?.())
      continue;
    const owner = readRecord(folder);
    if (owner !== null && !isAlive(owner)) await removeTraces(nameTraces(folder, owner.id));
    if (owner === null && Date.now() - lstatSync(folder).mtimeMs > UNRECORDED_AGE_MS)
      await rm(folder, { recursive: true });
  }
}

function readRecord(folder: string): z.infer<typeof record> | null {
  try {
    return record.parse(JSON.parse(readFileSync(join(folder, RECORD_FILE), 'utf8')));
  } catch {
    return null;
  }
}
