import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { ChatbenchError } from '../../errors.ts';
import { isLocalName, isPrivateAddress } from './private-address.ts';

export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * Refuses to put load on a machine that may not be the operator's own, unless it was named on purpose. A name is private where
 * every address that it resolves to is.
 *
 * @param urls where connections and requests go
 * @param allowed hosts given with `--allow-target`
 * @returns the public hosts among them, all of which were allowed
 * @throws ChatbenchError `usage` for the first host that was not, `target-unavailable` for a name without address
 */
export async function guardHosts(
  urls: readonly string[],
  allowed: readonly string[],
  resolve: Resolve = resolveHost,
): Promise<readonly string[]> {
  const hosts = [...new Set(urls.map((url) => nameHost(new URL(url).hostname)))];
  const publicHosts: string[] = [];
  for (const host of hosts) {
    if (!(await isPublic(host, resolve))) continue;
    if (!allowed.some((name) => nameHost(name) === host)) {
      throw new ChatbenchError('usage', `${host} is neither this machine nor in a private network`, {
        hint: `if you may load it, say so with --allow-target ${host}`,
      });
    }
    publicHosts.push(host);
  }
  return publicHosts;
}

/** As hosts are compared: an IPv6 address without brackets, and in the one spelling that URLs have for it. */
function nameHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return (isIPv6(host) && URL.parse(`ws://[${host}]`)?.hostname.slice(1, -1)) || host;
}

async function isPublic(host: string, resolve: Resolve): Promise<boolean> {
  if (isLocalName(host)) return false;
  if (isIP(host) !== 0) return !isPrivateAddress(host);
  const addresses = await resolve(host).catch((cause: NodeJS.ErrnoException) => {
    throw new ChatbenchError('target-unavailable', `${host}: no address found (${cause.code ?? cause.message})`, {
      hint: 'check the name, and that this machine can resolve it',
      cause,
    });
  });
  return !addresses.every(isPrivateAddress);
}

async function resolveHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
