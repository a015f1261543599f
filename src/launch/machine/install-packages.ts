import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChatbenchError } from '../../errors.ts';
import { findProgram } from './find-binaries.ts';
import type { MachineReport, ProgramName } from './machine-report.ts';
import { withoutServiceStart } from './without-service-start.ts';

type PackageSystem = 'apt' | 'brew';

/** Which package holds which program. Docker is left to its user: it is a service of the machine. */
const PACKAGES: Record<PackageSystem, Partial<Record<ProgramName, string | readonly string[]>>> = {
  apt: {
    'redis-server': 'redis-server',
    'rabbitmq-server': 'rabbitmq-server',
    postgres: 'postgresql',
    nginx: 'nginx',
    'nats-server': 'nats-server',
    mosquitto: 'mosquitto',
    prosody: 'prosody',
    daphne: ['daphne', 'python3-django-channels'],
    chromium: 'chromium',
    xmllint: 'libxml2-utils',
  },
  // Chromium is a cask, not a formula: the tests use the browser that is there.
  brew: {
    'redis-server': 'redis',
    'rabbitmq-server': 'rabbitmq',
    postgres: 'postgresql@17',
    nginx: 'nginx',
    'nats-server': 'nats-server',
    mosquitto: 'mosquitto',
    prosody: 'prosody',
    xmllint: 'libxml2',
  },
};

const RETRY_AFTER_MS = 5_000;
const OUTPUT_KEPT = 20;

export interface InstallReport {
  /** Packages that were installed; empty where nothing was missing. */
  readonly installed: readonly string[];
}

/**
 * Installs the missing programs of the `local` target, and of the tests where asked for, from the system's packages.
 * Throws ChatbenchError `target-unavailable` with the command to run by hand where it cannot.
 *
 * @param onOutput called with each line that the package manager writes
 */
export async function installPackages(
  report: MachineReport,
  options: { readonly includeTestTools: boolean; readonly onOutput?: (line: string) => void },
): Promise<InstallReport> {
  const missing = listMissingPrograms(report, options.includeTestTools);
  if (missing.length === 0) return { installed: [] };
  const system = detectPackageSystem();
  const packages = system === null ? [] : namePackages(system, missing);
  const isKnown = system !== null && missing.every((program) => PACKAGES[system][program] !== undefined);
  if (!isKnown) throw refuse(missing, 'packages are not known here');
  const onOutput = options.onOutput ?? (() => {});
  if (system === 'apt') await installWithApt(packages, onOutput);
  else await runOrThrow(['brew', 'install', ...packages], onOutput);
  return { installed: packages };
}

/** The command that installs these programs here, to be run by hand. */
export function describeInstall(programs: readonly string[]): string {
  const system = detectPackageSystem();
  const names = system === null ? [] : namePackages(system, programs as readonly ProgramName[]);
  if (names.length === 0) return `install ${programs.join(', ')} with this system's package manager`;
  if (system === 'brew') return `brew install ${names.join(' ')}`;
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${names.join(' ')}`;
}

/** Programs to install; nginx belongs to `local`, Chromium and xmllint to the tests, and so does nats-server for those who have no agents. */
export function listMissingPrograms(report: MachineReport, includeTestTools: boolean): ProgramName[] {
  const wanted: ProgramName[] = ['redis-server', 'rabbitmq-server', 'postgres', 'nginx'];
  if (includeTestTools) wanted.push('nats-server', 'mosquitto', 'prosody', 'daphne', 'chromium', 'xmllint');
  const found = report.programs.filter(({ path }) => path !== null).map(({ name }) => name);
  return wanted.filter((name) => !found.includes(name));
}

function namePackages(system: PackageSystem, programs: readonly ProgramName[]): string[] {
  return programs.flatMap((program) => PACKAGES[system][program] ?? []);
}

/** By what the system says of itself, not by the mere presence of a command. */
function detectPackageSystem(): PackageSystem | null {
  if (process.platform === 'darwin') return findProgram('brew') === null ? null : 'brew';
  if (process.platform !== 'linux' || findProgram('apt-get') === null) return null;
  try {
    return /^(?:ID|ID_LIKE)=.*\b(?:debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8')) ? 'apt' : null;
  } catch {
    return null;
  }
}

async function installWithApt(packages: readonly string[], onOutput: (line: string) => void): Promise<void> {
  const elevate = await findElevation(packages);
  const apt = (...args: string[]) => [...elevate, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
  const update = apt('update');
  const install = apt('install', '-y', '--no-install-recommends', ...packages);
  const both = async () => {
    await runOrThrow(update, onOutput);
    await runOrThrow(install, onOutput);
  };
  await withoutServiceStart(elevate, async () => {
    try {
      await both();
    } catch {
      // Another apt holds the lock, or a mirror hiccups: both pass.
      await sleep(RETRY_AFTER_MS);
      await both();
    }
  });
}

/** What to put before a command that needs root. Throws where there is no way without asking for a password. */
async function findElevation(packages: readonly string[]): Promise<readonly string[]> {
  if (process.getuid?.() === 0) return [];
  const { code } = await run(['sudo', '-n', 'true'], () => {});
  if (code === 0) return ['sudo', '-n'];
  throw new ChatbenchError('target-unavailable', 'packages can only be installed by root, and sudo wants a password', {
    hint: `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`,
  });
}

function refuse(missing: readonly ProgramName[], why: string): ChatbenchError {
  return new ChatbenchError('target-unavailable', `cannot install ${missing.join(', ')}: ${why}`, {
    hint: describeInstall(missing),
  });
}

async function runOrThrow(command: readonly string[], onOutput: (line: string) => void): Promise<void> {
  const { code, tail } = await run(command, onOutput);
  if (code === 0) return;
  throw new ChatbenchError('target-unavailable', `${command.join(' ')} failed: ${tail.at(-1) ?? `code ${code}`}`, {
    hint: tail.join('\n'),
  });
}

function run(
  [command = '', ...args]: readonly string[],
  onOutput: (line: string) => void,
): Promise<{ code: number | null; tail: string[] }> {
  return new Promise((resolve) => {
    const tail: string[] = [];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (text: string) => {
      for (const line of text.split('\n').filter((it) => it.trim() !== '')) {
        tail.push(line);
        onOutput(line);
      }
      tail.splice(0, tail.length - OUTPUT_KEPT);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.once('error', (error) => resolve({ code: null, tail: [error.message] }));
    child.once('close', (code) => resolve({ code, tail }));
  });
}
