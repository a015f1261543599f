import { isIP } from 'node:net';
import { ChatbenchError } from '../../errors.ts';
import { describeRefusal, isPublic, nameHost, type Resolve, resolveHost } from '../../generator/hosts/host-guard.ts';
import type { HostRules } from '../../host-rules.ts';

export interface GuardedHosts {
  /** The public ones, all of which were allowed. */
  readonly publicHosts: readonly string[];
  /** What holds for the rest of the run: names keep the addresses that they had here. */
  readonly hosts: HostRules;
}

/**
 * Refuses to put load on a machine that may not be the operator's own, unless it was named on purpose. A name is private where
 * every address that it resolves to is.
 *
 * @param urls where connections and requests go
 * @param allowed hosts given with `--allow-target`
 * @param isElsewhere the load comes from machines that resolve names themselves: one that was named may have no address here
 * @throws ChatbenchError `usage` for the first host that was not, `target-unavailable` for a name without address
 */
export async function guardHosts(
  urls: readonly string[],
  allowed: readonly string[],
  resolve: Resolve = resolveHost,
  isElsewhere = false,
): Promise<GuardedHosts> {
  const names = allowed.map(nameHost);
  const addresses: Record<string, readonly string[]> = {};
  const publicHosts: string[] = [];
  for (const host of new Set(urls.map((url) => nameHost(new URL(url).hostname)))) {
    if (isIP(host) === 0) {
      const isKnownThere = isElsewhere && names.includes(host);
      addresses[host] = await (isKnownThere
        ? resolve(host).catch(() => [])
        : resolveOrFail(host, resolve, isElsewhere));
    }
    if (!isPublic(host, addresses[host] ?? [])) continue;
    if (!names.includes(host)) {
      throw new ChatbenchError('usage', describeRefusal(host), {
        hint: `if you may load it, say so with --allow-target ${host}`,
      });
    }
    publicHosts.push(host);
  }
  return { publicHosts, hosts: { allowed: names, addresses } };
}

function resolveOrFail(host: string, resolve: Resolve, isElsewhere: boolean): Promise<readonly string[]> {
  return resolve(host).catch((cause: NodeJS.ErrnoException) => {
    throw new ChatbenchError('target-unavailable', `${host}: no address found (${cause.code ?? cause.message})`, {
      hint: isElsewhere
        ? `if it is known where the load comes from, and you may load it, say so with --allow-target ${host}`
        : 'check the name, and that this machine can resolve it',
      cause,
    });
  });
}
