import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ServiceAccount } from '../machine/service-account.ts';

/**
 * A home for RabbitMQ with its scripts and with links to its libraries, but without its plugins, and yields the start-up
 * script in it. Erlang looks for every module in every library directory: without the plugins, which are all off, the
 * start takes a third less CPU time.
 *
 * The scripts are copied, since they find their home by their own place. Yields the original script where the
 * installation does not look as expected.
 *
 * @param kept plugins that stay, each with what it depends on
 */
export function makeSlimRabbitmqHome(
  script: string,
  home: string,
  account: ServiceAccount | null,
  kept: readonly string[] = [],
): string {
  const original = dirname(dirname(script));
  const plugins = join(original, 'plugins');
  const libraries = existsSync(plugins) ? readdirSync(plugins).filter((name) => isLibrary(name, kept)) : [];
  if (!libraries.some((name) => name.startsWith('rabbit-'))) return script;
  mkdirSync(join(home, 'plugins'), { recursive: true });
  cpSync(join(original, 'sbin'), join(home, 'sbin'), { recursive: true, dereference: true });
  for (const name of libraries) symlinkSync(join(plugins, name), join(home, 'plugins', name));
  if (account !== null) chownSync(home, account.uid, account.gid);
  return join(home, 'sbin', 'rabbitmq-server');
}

/** Plugins are named `rabbitmq_…`; the one library of that name prepares the start. */
function isLibrary(name: string, kept: readonly string[]): boolean {
  if (!/^[a-z]/.test(name)) return false;
  if (!name.startsWith('rabbitmq_')) return true;
  return ['rabbitmq_prelaunch', ...kept].some((plugin) => name.startsWith(`${plugin}-`));
}
