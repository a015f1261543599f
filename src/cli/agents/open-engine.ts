import { ChatbenchError } from '../../errors.ts';
import type { Engine } from '../../fleet/remote/engine.ts';
import { createKeyPair, type KeyPair, readKeyPair } from '../../fleet/remote/keys.ts';
import { connectNatsEngine } from '../../fleet/remote/nats-engine.ts';
import { listAgentRights } from '../../fleet/remote/subjects.ts';
import { type EngineSecurity, startEngine } from '../../launch/engine/start-engine.ts';
import { DEFAULT_ADDRESS, type EngineOptions, isLoopback } from './engine-options.ts';
import { type ControllerKeys, defaultKeyDirectory, readControllerKeys } from './key-files.ts';

export interface OpenEngine {
  readonly engine: Engine;
  /** Signs what agents are to do. */
  readonly controller: KeyPair;
  /** What an agent is started with, to join here; null: nobody else is to join. */
  readonly joinHint: string | null;
  close(): Promise<void>;
}

/**
 * Connects to where agents join, and starts it where it is not somebody else's. Beyond this machine it is encrypted, and nobody joins
 * without a key.
 *
 * @throws ChatbenchError `usage` where keys are missing, `target-unavailable` where there is no engine
 */
export async function openEngine(options: EngineOptions, name: string): Promise<OpenEngine> {
  if (options.engine !== undefined && options.listen !== undefined) {
    throw new ChatbenchError('usage', '--listen and --engine: an engine that runs already listens where it does', {
      hint: 'give one of them',
    });
  }
  return options.engine === undefined ? startOwn(options, name) : joinOther(options.engine, options, name);
}

async function startOwn(options: EngineOptions, name: string): Promise<OpenEngine> {
  const { host, port } = options.listen ?? DEFAULT_ADDRESS;
  const keys = isLoopback(host) ? null : requireKeys(options, `--listen ${host}`);
  const started = await startEngine({ host, port, security: keys === null ? null : secureEngine(keys) });
  try {
    const engine = await connectNatsEngine(
      { url: started.url, seed: keys?.seed ?? null, ca: keys?.certificate ?? null, name },
      false,
    );
    return {
      engine,
      controller: keys === null ? createKeyPair() : readKeyPair(keys.seed),
      joinHint: keys === null ? `--join ${started.url}` : `--join tls://HOST:${port} --key agent-1.key`,
      async close() {
        await engine.close();
        await started.stop();
      },
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function joinOther(url: string, options: EngineOptions, name: string): Promise<OpenEngine> {
  const { hostname } = new URL(url);
  const keys = isLoopback(hostname)
    ? readControllerKeys(options.agentKeys ?? defaultKeyDirectory())
    : requireKeys(options, `--engine ${url}`);
  const isSecure = url.startsWith('tls:');
  const engine = await connectNatsEngine(
    { url, seed: keys?.seed ?? null, ca: isSecure ? (keys?.certificate ?? null) : null, name },
    false,
  );
  return {
    engine,
    controller: keys === null ? createKeyPair() : readKeyPair(keys.seed),
    joinHint: `--join ${url}${keys === null ? '' : ' --key agent-1.key'}`,
    close: () => engine.close(),
  };
}

function requireKeys({ agentKeys }: EngineOptions, what: string): ControllerKeys {
  const directory = agentKeys ?? defaultKeyDirectory();
  const keys = readControllerKeys(directory);
  if (keys !== null) return keys;
  throw new ChatbenchError('usage', `${what}: beyond this machine agents need keys, and ${directory} holds none`, {
    hint: 'make them with chatbench agents keygen --host HOST, where HOST is what agents call this machine',
  });
}

/** The controller may do everything, and each agent what `listAgentRights` says. */
export function secureEngine({ certificate, privateKey, seed, agents }: ControllerKeys): EngineSecurity {
  const controller = { nkey: readKeyPair(seed).publicKey, rights: null };
  return {
    certificate,
    privateKey,
    users: [controller, ...agents.map((nkey) => ({ nkey, rights: listAgentRights(nkey) }))],
  };
}
