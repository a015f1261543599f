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

export interface EngineUser {
  /** Ed25519 public key. */
  readonly nkey: string;
  /** Null: it may do everything. */
  readonly rights: { readonly publish: readonly string[]; readonly subscribe: readonly string[] } | null;
}

export interface RunningEngine {
  readonly url: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 10_000;
const LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024;

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
  return { url: `${security === null ? 'nats' : 'tls'}://${bracket(reachable)}:${port}`, stop };
}

async function launch(program: string, request: EngineRequest, context: LaunchContext): Promise<void> {
  const { directory, account } = context;
  const home = directory.makeComponentDirectory('engine', account);
  const file = (name: string, text: string) => writePrivately(join(home, name), text, account);
  const { host, port, security } = request;
  const name = `chatbench-${randomBytes(8).toString('hex')}`;
  const files = security === null ? null : writeSecurity(security, file);
  const config = file('engine.conf', describeConfig(request, name, files));
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

interface SecurityFiles {
  readonly certificate: string;
  readonly privateKey: string;
  readonly users: readonly EngineUser[];
}

function writeSecurity(security: EngineSecurity, file: (name: string, text: string) => string): SecurityFiles {
  const { certificate, privateKey, users } = security;
  return { certificate: file('engine.crt', certificate), privateKey: file('engine.pem', privateKey), users };
}

/** JSON is a part of what its configuration may be written in. */
function describeConfig({ host, port }: EngineRequest, name: string, security: SecurityFiles | null): string {
  const config = {
    server_name: name,
    listen: `${bracket(host)}:${port}`,
    max_payload: LARGEST_MESSAGE_BYTES,
    ...(security === null
      ? {}
      : {
          tls: { cert_file: security.certificate, key_file: security.privateKey, timeout: 5 },
          authorization: {
            users: security.users.map(({ nkey, rights }) => ({
              nkey,
              ...(rights === null ? {} : { permissions: rights }),
            })),
          },
        }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
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

function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
