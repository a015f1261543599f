import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicClock, pause } from '../../clock.ts';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { callAgents, listenForHellos } from '../../fleet/remote/admit-agents.ts';
import { openAgentSession } from '../../fleet/remote/agent-session.ts';
import type { Engine } from '../../fleet/remote/engine.ts';
import { createKeyPair } from '../../fleet/remote/keys.ts';
import type { AgentHello } from '../../fleet/remote/messages.ts';
import { formatBytes } from '../../quantities.ts';
import { readVersion } from '../../version.ts';
import type { EngineOptions } from '../agents/engine-options.ts';
import { type AgentKeys, CONTROLLER_FILE, type ControllerKeys, defaultKeyDirectory } from '../agents/key-files.ts';
import { makeCertificate } from '../agents/make-certificate.ts';
import { openEngine } from '../agents/open-engine.ts';
import { OPEN_FILES_WANTED } from '../open-files-wanted.ts';
import { printLine, printNote } from '../print.ts';

export interface AgentsOptions extends EngineOptions {
  readonly json: boolean;
}

/** Agents that wait for an engine look for it twice a second. */
const LOOK_US = 3_000_000;

/** `chatbench agents list`: who is there. */
export async function listAgents(options: AgentsOptions): Promise<ExitCode> {
  const { engine, close } = await openEngine(options, 'chatbench agents list');
  try {
    const agents = await findAgents(engine);
    if (options.json) printLine(JSON.stringify(agents, null, 2));
    else if (agents.length === 0) printLine(`no agents at ${engine.description}`);
    else for (const agent of agents) printLine(describeAgent(agent));
    return EXIT.pass;
  } finally {
    await close();
  }
}

/** `chatbench agents doctor`: how each of them is, and how well its clock is known. */
export async function examineAgents(options: AgentsOptions): Promise<ExitCode> {
  const { engine, close } = await openEngine(options, 'chatbench agents doctor');
  try {
    const agents = await findAgents(engine);
    const examined = await Promise.all(agents.map((agent) => examine(engine, agent)));
    if (options.json) printLine(JSON.stringify(examined, null, 2));
    else {
      printLine(engine.description);
      if (examined.length === 0) printLine('  ✗ no agents');
      for (const { agent, complaints, ...figures } of examined) {
        printLine(`  ${complaints.length === 0 ? '✓' : '✗'} ${describeAgent(agent)}`);
        if (figures.roundTripMs !== null) {
          printLine(
            `    round trip ${figures.roundTripMs} ms, clock ${figures.clockOffsetMs} ms ± ${figures.clockBoundMs} ms from here`,
          );
        }
        if (figures.timeOfDayBoundMs !== null) {
          printLine(`    clock ± ${figures.timeOfDayBoundMs} ms by ${agent.timeServers.join(', ')}`);
        }
        for (const complaint of complaints) printLine(`    → ${complaint}`);
      }
    }
    return examined.length > 0 && examined.every(({ complaints }) => complaints.length === 0)
      ? EXIT.pass
      : EXIT.targetUnavailable;
  } finally {
    await close();
  }
}

async function findAgents(engine: Engine): Promise<readonly AgentHello[]> {
  const found = new Map<string, AgentHello>();
  const stop = listenForHellos(engine, null, (agent) => found.set(agent.id, agent));
  for (let waitedUs = 0; waitedUs < LOOK_US; waitedUs += LOOK_US / 6) {
    callAgents(engine, { version: readVersion(), run: null, needs: null });
    await pause(monotonicClock, LOOK_US / 6);
  }
  stop();
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

const EXAMINED_WITHIN_US = 5_000_000;

async function examine(engine: Engine, agent: AgentHello) {
  const complaints = [...agent.lacks];
  const files = agent.openFilesLimit;
  if (files !== null && files < OPEN_FILES_WANTED) {
    complaints.push(`may have ${files} files open: raise it with \`ulimit -n ${OPEN_FILES_WANTED}\` before it starts`);
  }
  const unknown = { roundTripMs: null, clockOffsetMs: null, clockBoundMs: null, timeOfDayBoundMs: null };
  if (agent.busyWith !== null) return { agent, complaints, ...unknown };
  const session = openAgentSession({
    engine,
    clock: monotonicClock,
    run: `doctor-${process.pid}`,
    agent,
    onMessage() {},
  });
  const isKnown = await Promise.race([
    session.clockKnown.then(() => true),
    pause(monotonicClock, EXAMINED_WITHIN_US).then(() => false),
  ]);
  const clock = session.clockNow();
  const timeOfDay = session.timeOfDayNow();
  session.leave();
  if (!isKnown || clock === null) return { agent, complaints: [...complaints, 'does not answer'], ...unknown };
  if (agent.timeServers.length > 0 && timeOfDay === null) {
    complaints.push(`its time servers (${agent.timeServers.join(', ')}) do not answer, or contradict each other`);
  }
  const ms = (us: number) => Number((us / 1000).toFixed(3));
  return {
    agent,
    complaints,
    roundTripMs: ms(session.roundTripUs),
    clockOffsetMs: ms(clock.offsetUs),
    clockBoundMs: ms(clock.boundUs),
    timeOfDayBoundMs: timeOfDay && ms(timeOfDay.boundUs),
  };
}

function describeAgent({
  name,
  version,
  cores,
  memoryBytes,
  labels,
  allows,
  busyWith,
  maxPerSecond,
  maxConnections,
}: AgentHello): string {
  const limits = [
    ...(maxPerSecond === null ? [] : [`at most ${maxPerSecond}/s`]),
    ...(maxConnections === null ? [] : [`at most ${maxConnections} connections`]),
  ];
  return [
    name,
    `chatbench ${version}`,
    `${cores} cores`,
    formatBytes(memoryBytes),
    ...Object.entries(labels).map(([label, value]) => `${label}=${value}`),
    `may load ${allows.join(', ')}`,
    ...limits,
    busyWith === null ? 'idle' : `in run ${busyWith}`,
  ].join(', ');
}

export interface KeygenOptions {
  readonly host: readonly string[];
  readonly agents: number;
  readonly out?: string;
}

/** `chatbench agents keygen`: a key for the controller, one for each agent, and what the engine is known by. */
export async function makeKeys({ host, agents: count, out }: KeygenOptions): Promise<ExitCode> {
  const directory = out ?? defaultKeyDirectory();
  requireNoKeys(directory);
  const { certificate, privateKey } = await makeCertificate(host);
  const controller = createKeyPair();
  const agents = Array.from({ length: count }, createKeyPair);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const write = (name: string, keys: ControllerKeys | AgentKeys) => {
    const path = join(directory, name);
    writeFileSync(path, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return path;
  };
  const paths = [
    write(CONTROLLER_FILE, {
      kind: 'chatbench-controller',
      seed: controller.seed,
      agents: agents.map(({ publicKey }) => publicKey),
      certificate,
      privateKey,
    }),
    ...agents.map(({ seed }, index) =>
      write(`agent-${index + 1}.key`, { kind: 'chatbench-agent', seed, controller: controller.publicKey, certificate }),
    ),
  ];
  for (const path of paths) printLine(path);
  printNote(`${CONTROLLER_FILE} stays here; the others go to the agents, one each, and to nobody else`);
  return EXIT.pass;
}

/** Whoever holds a key of before would be locked out without a word. */
function requireNoKeys(directory: string): void {
  if (!existsSync(join(directory, CONTROLLER_FILE))) return;
  throw new ChatbenchError('output-unwritable', `${directory}: holds keys already, expected a directory without`, {
    hint: 'remove it, and every agent needs its new key; or write elsewhere with --out DIR, and run with --agent-keys DIR',
  });
}
