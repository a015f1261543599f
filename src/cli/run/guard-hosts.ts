import { isIP } from 'node:net';
import { ChatbenchError } from '../../errors.ts';
import {
  describeProxied,
  describeRefusal,
  isPublic,
  nameHost,
  type Resolve,
  resolveHost,
} from '../../generator/hosts/host-guard.ts';
import { type HostRules, readHostAndPort } from '../../host-rules.ts';
import { type ProxyRules, proxyFor } from '../../proxy-rules.ts';

export interface GuardedHosts {
  /** The public ones, all of which were allowed. */
  readonly publicHosts: readonly string[];
  /** Proxies that connections go through, without what they are told in secret. */
  readonly proxies: readonly string[];
  /** What holds for the rest of the run: names keep the addresses that they had here. */
  readonly hosts: HostRules;
}

/**
 * Refuses to put load on a machine that may not be the operator's own, unless it was named on purpose. A name is private where
 * every address that it resolves to is; where a proxy leads that is asked for a name is not known, so that it has to be named, too.
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
  proxy?: ProxyRules,
): Promise<GuardedHosts> {
  const names = allowed.map(nameHost);
  const addresses: Record<string, readonly string[]> = {};
  const publicHosts = new Set<string>();
  const proxies = new Set<string>();
  const admit = (host: string, refusal: string) => {
    if (!names.includes(host)) {
      throw new ChatbenchError('usage', refusal, { hint: `if you may load it, say so with --allow-target ${host}` });
    }
    publicHosts.add(host);
  };
  const find = async (name: string) => {
    if (isIP(name) !== 0) return;
    const isKnownThere = isElsewhere && names.includes(name);
    addresses[name] ??= await (isKnownThere
      ? resolve(name).catch(() => [])
      : resolveOrFail(name, resolve, isElsewhere));
  };
  for (const url of urls) {
    const host = nameHost(new URL(url).hostname);
    const proxyUrl = proxyOf(url, proxy);
    if (proxyUrl === null) await find(host);
    else {
      proxies.add(proxyUrl.origin);
      await find(nameHost(proxyUrl.hostname));
      if (isIP(host) === 0) {
        admit(host, describeProxied(host));
        continue;
      }
    }
    if (isPublic(host, addresses[host] ?? [])) admit(host, describeRefusal(host));
  }
  return {
    publicHosts: [...publicHosts],
    proxies: [...proxies],
    hosts: { allowed: names, addresses, ...(proxy && { proxy }) },
  };
}

function proxyOf(address: string, rules: ProxyRules | undefined): URL | null {
  const url = new URL(address);
  const { host, port } = readHostAndPort(url);
  const isSecure = url.protocol === 'wss:' || url.protocol === 'https:';
  const proxy = /^(?:ws|http)s?:$/.test(url.protocol) ? proxyFor(rules, host, port, isSecure) : null;
  return proxy === null ? null : new URL(proxy);
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
