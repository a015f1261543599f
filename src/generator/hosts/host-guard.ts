import { ADDRCONFIG } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { type HostRules, stripBrackets, type TlsRules } from '../../host-rules.ts';
import { isPrivateAddress } from '../../private-address.ts';
import { proxyFor } from '../../proxy-rules.ts';
import { type ProxyRoute, readRoute } from './proxy-route.ts';

/** All addresses of a name, in the order in which they are to be tried; rejects with the resolver's error. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * Lets connections go to hosts that may be loaded, and to no others. A name is resolved once: its connections then do not wait for
 * the resolver, which would count as the server's time, and cannot be led elsewhere by another answer.
 */
export interface HostGuard {
  /**
   * Why an address must not be loaded; null where it may be, and for names, of which `lookup` decides.
   *
   * @param isProxied it is reached through a proxy, which alone knows where a name leads: it must have been named on purpose
   */
  refuse(host: string, isProxied?: boolean): string | null;
  /** Through whom a connection goes; null: directly. */
  route(host: string, port: number, isSecure: boolean): ProxyRoute | null;
  /** For `net` and `tls`: the addresses of a name, those of one family in turn. Fails with `HostRefused` where one of them must not be loaded. */
  readonly lookup: LookupFunction;
  /** For `tls`, made once: it reads every trusted certificate. */
  secure(): SecureOptions;
}

export interface SecureOptions {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
}

/** A connection that was not made, for a reason on this side: its host must not be loaded. */
export class HostRefused extends Error {}

export function createHostGuard(
  { allowed, addresses, tls, proxy, isStrict = false }: HostRules,
  resolve: Resolve = resolveHost,
): HostGuard {
  let secured: SecureOptions | null = null;
  const known = new Map(Object.entries(addresses).map(([name, found]) => [name, Promise.resolve(beginTurns(found))]));

  function find(name: string): Promise<Turns> {
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = resolve(name).then(beginTurns);
    known.set(name, found);
    found.catch(() => known.delete(name));
    return found;
  }

  /** @param isGuarded to a host that is loaded */
  function lookUp(isGuarded: boolean): LookupFunction {
    return (host, options, callback) => {
      const name = nameHost(host);
      const answer = (found: Turns) => {
        if (isGuarded && !allowed.includes(name)) {
          if (isStrict) return fail(new HostRefused(describeUnnamed(name)));
          if (isPublic(name, found.addresses)) return fail(new HostRefused(describeRefusal(name)));
        }
        const wanted = takeTurns(found.addresses, found.turn++)
          .map((address) => ({ address, family: isIP(address) }))
          .filter(({ family }) => !options.family || `IPv${family}`.endsWith(String(options.family)));
        const [first] = wanted;
        if (first === undefined)
          return fail(Object.assign(new Error(`${name}: no such address`), { code: 'ENOTFOUND' }));
        if (options.all) callback(null, wanted);
        else callback(null, first.address, first.family);
      };
      const fail = (error: NodeJS.ErrnoException) => callback(error, '', 0);
      find(name).then(answer, fail);
    };
  }

  const lookupProxy = lookUp(false);
  const routes = new Map<string, ProxyRoute>();

  return {
    secure() {
      secured ??= openSecureContext(tls);
      return secured;
    },
    route(host, port, isSecure) {
      const url = proxyFor(proxy, nameHost(host), port, isSecure);
      if (url === null) return null;
      let route = routes.get(url);
      if (route === undefined) {
        route = readRoute(url, lookupProxy);
        routes.set(url, route);
      }
      return route;
    },
    refuse(host, isProxied = false) {
      const name = nameHost(host);
      if (allowed.includes(name)) return null;
      if (isIP(name) === 0) return isProxied ? describeProxied(name) : null;
      if (isStrict) return describeUnnamed(name);
      return isPublic(name, []) ? describeRefusal(name) : null;
    },
    lookup: lookUp(true),
  };
}

function openSecureContext(tls: TlsRules | undefined): SecureOptions {
  const { ca = null, cert = null, key = null, verifies = true } = tls ?? {};
  const own = cert === null || key === null ? {} : { cert, key };
  // Named authorities would otherwise take the place of the usual ones.
  const trusted = ca === null ? {} : { ca: [...getCACertificates('default'), ca] };
  return { secureContext: createSecureContext({ ...trusted, ...own }), rejectUnauthorized: verifies };
}

/** The addresses of one name. Its turn is its own: names whose look-ups alternate would else keep to one address each. */
interface Turns {
  readonly addresses: readonly string[];
  turn: number;
}

function beginTurns(addresses: readonly string[]): Turns {
  return { addresses, turn: 0 };
}

/** As hosts are compared: lower case, and an IPv6 address without brackets in the one spelling that URLs have for it. */
export function nameHost(text: string): string {
  const host = stripBrackets(text).toLowerCase();
  return (isIPv6(host) && URL.parse(`ws://[${host}]`)?.hostname.slice(1, -1)) || host;
}

/** One public address makes a name public, and no name is exempt: `localhost` leads where the resolver says, too. */
export function isPublic(host: string, addresses: readonly string[]): boolean {
  return isIP(host) === 0 ? !addresses.every(isPrivateAddress) : !isPrivateAddress(host);
}

export function describeRefusal(host: string): string {
  return `${host} is neither this machine nor in a private network`;
}

/** Where a name leads is for the proxy to say. */
export function describeProxied(host: string): string {
  return `${host} is reached through a proxy, and where that leads is not known here`;
}

function describeUnnamed(host: string): string {
  return `${host} was not named with --allow-target`;
}

export async function resolveHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true, hints: ADDRCONFIG })).map(({ address }) => address);
}

/** The family that the resolver puts first stays first: it is the one that reaches the host. */
function takeTurns(addresses: readonly string[], turn: number): readonly string[] {
  const first = addresses.filter((address) => isIPv6(address) === isIPv6(addresses[0]!));
  const others = addresses.filter((address) => !first.includes(address));
  return [first, others].flatMap((family) => {
    const start = turn % Math.max(1, family.length);
    return [...family.slice(start), ...family.slice(0, start)];
  });
}
