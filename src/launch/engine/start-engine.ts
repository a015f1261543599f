import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ChatbenchError } from '../../errors.ts';
import { isTakenPort, type LaunchContext, StartFailure, startUntilReady } from '../local/start-component.ts';
import { awaitAnswer } from '../machine/await-answer.ts';
import { findProgram } from '../machine/find-binaries.ts';
import { describeInstall } from '../machine/install-packages.ts';
import { findServiceAccount } from '../machine/service-account.ts';
import { createInstanceDirectory } from '../supervision/instance-directory.ts';
import { superviseProcesses } from '../supervision/supervision.ts';
import { writePrivately } from '../supervision/write-privately.ts';
import { bracketHost, type EngineConfig, type EngineUser, renderEngineConfig } from './engine-config.ts';

export interface EngineRequest {
  readonly host: string;
  readonly port: number;
  /** Who may do what, and by which certificate it is known; null: on loopback whoever comes is believed. */
  readonly security: EngineSecurity | null;
}

export interface EngineSecurity {
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: string;
  readonly users: readonly EngineUser[];
}

export interface RunningEngine {
  readonly url: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 10_000;

/**
 * Starts a private nats-server, which ends with this process.
 *
 * @throws ChatbenchError `target-unavailable` where there is none on the machine, or it does not come up
 */
export async function startEngine(request: EngineRequest): Promise<RunningEngine> {
  const program = findProgram('nats-server');
  if (program === null) {
    throw new ChatbenchError('target-unavailable', 'agents need nats-server, which is not on this machine', {
      hint: `${describeInstall(['nats-server'])}; or name one that runs elsewhere with --engine nats://HOST:4222`,
    });
  }
  const account = await findServiceAccount();
  const directory = createInstanceDirectory(account);
  const supervision = superviseProcesses(directory);
  const stop = async () => {
    await supervision.stop();
    await directory.remove();
  };
  const context = { directory, supervision, account, signal: AbortSignal.timeout(START_LIMIT_MS) };
  try {
    await launch(program, request, context);
  } catch (error) {
    await stop();
    throw describeFailure(error, request);
  }
  const { host, port, security } = request;
  const reachable = isEverywhere(host) ? '127.0.0.1' : host;
  return { url: `${security === null ? 'nats' : 'tls'}://${bracketHost(reachable)}:${port}`, stop };
}

async function launch(program: string, request: EngineRequest, context: LaunchContext): Promise<void> {
  const { directory, account } = context;
  const home = directory.makeComponentDirectory('engine', account);
  const file = (name: string, text: string) => writePrivately(join(home, name), text, account);
  const { host, port, security } = request;
  const name = `chatbench-${randomBytes(8).toString('hex')}`;
  const files = security === null ? null : writeSecurity(security, file);
  const config = file('engine.conf', renderEngineConfig({ name, host, port, security: files }));
  const asked = isEverywhere(host) ? '127.0.0.1' : host;
  await startUntilReady(
    context,
    'broker',
    {
      name: 'nats-server',
      command: program,
      args: ['-c', config],
      env: { PATH: process.env.PATH },
      cwd: home,
      logFile: directory.logFile('nats-server'),
      account,
      ipc: false,
      killSignal: 'SIGKILL',
    },
    (_, signal) =>
      awaitAnswer({ host: asked, port, request: NOTHING, read: (answer) => readGreeting(answer, name) }, signal),
  );
}

const NOTHING = Buffer.alloc(0);

/** It speaks first: INFO and a JSON object. Our name must be in it: another server that has the port would answer as well. */
function readGreeting(answer: Buffer, name: string): string | null {
  return answer.toString('latin1').includes(`"server_name":"${name}"`) ? 'ready' : null;
}

function writeSecurity(
  { certificate, privateKey, users }: EngineSecurity,
  file: (name: string, text: string) => string,
): EngineConfig['security'] {
  return { certificateFile: file('engine.crt', certificate), keyFile: file('engine.pem', privateKey), users };
}

function describeFailure(error: unknown, { host, port }: EngineRequest): unknown {
  if (!(error instanceof StartFailure)) return error;
  const { reason, logTail } = error.failure;
  const isTaken = isTakenPort(error.failure);
  return new ChatbenchError(
    'target-unavailable',
    isTaken ? `${host}:${port} is in use: nats-server cannot listen there` : `nats-server ${reason}`,
    {
      hint: isTaken
        ? `choose another address with --listen 127.0.0.1:PORT, or use the server that is there with --engine nats://${host}:${port}`
        : logTail.join('\n'),
      cause: error,
    },
  );
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
