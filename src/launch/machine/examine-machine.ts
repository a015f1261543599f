import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readCpuLimits } from '../../cpu-limits.ts';
import { readVersion } from '../../version.ts';
import { findLocalBinaries, findProgram, listMissingBinaries } from './find-binaries.ts';
import { describeInstall } from './install-packages.ts';
import type { MachineReport, ProgramName, ProgramReport, TargetReport } from './machine-report.ts';

const PROBE_LIMIT_MS = 5_000;

/** What this machine offers, and which targets can run on it. Changes nothing. */
export async function examineMachine(): Promise<MachineReport> {
  const { cores, machineCores, quotaCores } = readCpuLimits();
  const [programs, dockerEngine, openFiles] = await Promise.all([
    findPrograms(),
    readOutput('docker', ['info', '--format', '{{.ServerVersion}}']),
    readOpenFileLimits(),
  ]);
  return {
    chatbench: readVersion(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}, ${release()}`,
    cores,
    machineCores,
    quotaCores,
    memoryBytes: totalmem(),
    openFiles,
    programs,
    targets: [EMBEDDED, reportLocal(), reportCompose(programs, dockerEngine)],
  };
}

const EMBEDDED: TargetReport = { kind: 'embedded', available: true, reason: null, remedy: null };

function reportLocal(): TargetReport {
  const missing = listMissingBinaries(findLocalBinaries());
  if (missing.length === 0) return { kind: 'local', available: true, reason: null, remedy: null };
  const remedy = `chatbench target install, that is: ${describeInstall(missing)}`;
  return { kind: 'local', available: false, reason: `missing: ${missing.join(', ')}`, remedy };
}

function reportCompose(programs: readonly ProgramReport[], engine: string | null): TargetReport {
  const installed = programs.some(({ name, path }) => name === 'docker' && path !== null);
  if (engine !== null && /\d/.test(engine)) return { kind: 'compose', available: true, reason: null, remedy: null };
  return installed
    ? {
        kind: 'compose',
        available: false,
        reason: 'the Docker engine does not answer',
        remedy: process.platform === 'linux' ? 'sudo systemctl start docker' : 'start Docker Desktop',
      }
    : {
        kind: 'compose',
        available: false,
        reason: 'missing: docker',
        remedy: 'install Docker with its compose plugin',
      };
}

function findPrograms(): Promise<ProgramReport[]> {
  const { redis, rabbitmq, postgresDirectory } = findLocalBinaries();
  const chromium = findProgram('chromium') ?? findProgram('chromium-browser') ?? findProgram('google-chrome');
  const postgres = postgresDirectory === null ? null : join(postgresDirectory, 'postgres');
  return Promise.all([
    reportProgram('redis-server', redis, /v=(\S+)/),
    { name: 'rabbitmq-server', path: rabbitmq?.server ?? null, version: readRabbitmqVersion(rabbitmq?.server) },
    reportProgram('postgres', postgres, /\(PostgreSQL\) (\S+)/),
    reportProgram('nginx', findProgram('nginx'), /nginx\/(\S+)/, '-v'),
    reportProgram('nats-server', findProgram('nats-server'), /v(\d\S*)/),
    reportProgram('mosquitto', findProgram('mosquitto'), /version (\d\S*)/, '-h'),
    { name: 'prosody' as const, path: findProgram('prosody'), version: null },
    { name: 'daphne' as const, path: findProgram('daphne'), version: null },
    reportProgram('chromium', chromium, /(\d+(?:\.\d+)+)/),
    reportProgram('xmllint', findProgram('xmllint'), /version (\d+)/),
    reportProgram('docker', findProgram('docker'), /version ([^\s,]+)/),
  ]);
}

async function reportProgram(
  name: ProgramName,
  path: string | null,
  version: RegExp,
  option = '--version',
): Promise<ProgramReport> {
  const output = path === null ? null : await readOutput(path, [option]);
  return { name, path, version: output === null ? null : (version.exec(output)?.[1] ?? null) };
}

/** From the name of its library: asking the program itself starts an Erlang, which takes a second. */
function readRabbitmqVersion(script: string | undefined): string | null {
  if (script === undefined) return null;
  try {
    const libraries = readdirSync(join(dirname(dirname(realpathSync(script))), 'plugins'));
    const versions = libraries.map((name) => /^rabbit-(\d[\d.]*\d)/.exec(name)?.[1]);
    return versions.find((version) => version !== undefined) ?? null;
  } catch {
    return null;
  }
}

/** Per process. */
export async function readOpenFileLimits(): Promise<MachineReport['openFiles']> {
  if (process.platform === 'linux') {
    const line = /^Max open files\s+(\S+)\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return { soft: parseLimit(line?.[1]), hard: parseLimit(line?.[2]) };
  }
  const [soft, hard] = await Promise.all(
    ['-Sn', '-Hn'].map((option) => readOutput('/bin/sh', ['-c', `ulimit ${option}`])),
  );
  return { soft: parseLimit(soft?.trim()), hard: parseLimit(hard?.trim()) };
}

function parseLimit(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** What a program writes, to either stream; null where it cannot be run or fails. */
async function readOutput(command: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, [...args], { timeout: PROBE_LIMIT_MS });
    return `${stdout}${stderr}`;
  } catch {
    return null;
  }
}
