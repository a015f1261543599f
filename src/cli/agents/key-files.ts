import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ChatbenchError } from '../../errors.ts';
import { readKeyPair } from '../../fleet/remote/keys.ts';
import { rememberSecret } from '../../redact.ts';

/** What `agents keygen` writes and the others read: a JSON file for each who holds a key. */

export const CONTROLLER_FILE = 'controller.key';

const publicKey = z.string().regex(/^U[A-Z2-7]{55}$/);
const seed = z.string().regex(/^SU[A-Z2-7]{56}$/);

const controllerKeys = z.strictObject({
  kind: z.literal('chatbench-controller'),
  seed,
  /** Public keys of all agents that may join. */
  agents: z.array(publicKey).min(1),
  /** PEM: what the engine is known by, and its private key. */
  certificate: z.string(),
  privateKey: z.string(),
});
export type ControllerKeys = z.infer<typeof controllerKeys>;

const agentKeys = z.strictObject({
  kind: z.literal('chatbench-agent'),
  seed,
  /** The only one that it obeys. */
  controller: publicKey,
  certificate: z.string(),
});
export type AgentKeys = z.infer<typeof agentKeys>;

/** Where keys are where nothing else is said. */
export function defaultKeyDirectory(): string {
  return join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'chatbench', 'agents');
}

/** Null where there is no such file. */
export function readControllerKeys(directory: string): ControllerKeys | null {
  const path = join(directory, CONTROLLER_FILE);
  const keys = readKeyFile(path, controllerKeys);
  if (keys !== null) rememberSecret(keys.privateKey);
  return keys;
}

export function readAgentKeys(path: string): AgentKeys {
  const keys = readKeyFile(path, agentKeys);
  if (keys === null) throw refuse(path, 'there is no such file');
  return keys;
}

/** Null where there is no such file. */
function readKeyFile<Keys extends { readonly seed: string }>(path: string, schema: z.ZodType<Keys>): Keys | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw refuse(path, `cannot be read (${(cause as NodeJS.ErrnoException).code})`);
  }
  try {
    const keys = schema.parse(JSON.parse(text));
    readKeyPair(keys.seed);
    rememberSecret(keys.seed);
    return keys;
  } catch {
    throw refuse(path, 'is no such key file');
  }
}

function refuse(path: string, reason: string): ChatbenchError {
  return new ChatbenchError('usage', `${path}: ${reason}, expected one that \`chatbench agents keygen\` wrote`, {
    hint: 'controller.key stays where runs are started; agent-1.key and so on go to the agents, for --key',
  });
}
