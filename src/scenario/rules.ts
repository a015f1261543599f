import {
  BALANCES,
  type Balance,
  DEFECTS,
  type Defect,
  QUEUE_TYPES,
  type QueueType,
  RATE_LIMITERS,
  SEND_WAYS,
  SPREADS,
  TOPOLOGIES,
  type Topology,
} from '../choices.ts';
import { didYouMean } from '../nearest.ts';
import { formatCount, formatRate } from '../quantities.ts';
import {
  type Parsed,
  type Parser,
  parseBytes,
  parseCount,
  parseDurationUs,
  parseRatePerSecond,
  parseRatio,
  rejectText,
  restrict,
} from '../units.ts';
import { LIMITS } from './defaults.ts';
import type { SendWay } from './protocol-spec.ts';
import type { RateLimitRequest, Spread, TargetRequest } from './scenario.ts';

/** What each value of a scenario may be, whether it stands in a file or behind a flag. */

/** A rate within a stage: 0 is a pause. */
export const stageRate = restrict(
  parseRatePerSecond,
  (rate) => rate <= LIMITS.maxRatePerSecond,
  `a rate of at most ${formatRate(LIMITS.maxRatePerSecond)}`,
);
export const positiveRate = restrict(stageRate, (rate) => rate > 0, 'a positive rate such as 1200 or 1200/s');

/** 0 included: no warm-up, no drain. */
export const duration = restrict(parseDurationUs, (us) => us <= LIMITS.maxDurationUs, 'a duration of at most 168h');
export const positiveDuration = restrict(duration, (us) => us > 0, 'a positive duration such as 30s or 2m');

/** How often something is observed. */
export const observeEvery = restrict(
  parseDurationUs,
  (us) => us >= LIMITS.minObserveEveryUs && us <= LIMITS.maxObserveEveryUs,
  '100ms to 10s',
);

export const clients = countBetween(1, LIMITS.maxClients, 'clients');
export const roomSize = countBetween(1, LIMITS.maxClients, 'members of a room');
export const roomsPerClient = countBetween(1, LIMITS.maxRoomsPerClient, 'rooms');
export const gateways = countBetween(1, LIMITS.maxProcesses, 'gateways');
export const workers = countBetween(1, LIMITS.maxProcesses, 'workers');

/** Connections to one server, over which requests are spread. */
export function connectionsOf(most: number): Parser<number> {
  return countBetween(1, most, 'connections');
}

export const payload = restrict(
  parseBytes,
  (bytes) => bytes >= LIMITS.minPayloadBytes && bytes <= LIMITS.maxPayloadBytes,
  `${LIMITS.minPayloadBytes} bytes (the marker of a message) to ${formatCount(LIMITS.maxPayloadBytes)} bytes`,
);

/** 0 would say that all is well. */
export const exitCode = restrict(parseCount, (value) => value >= 1 && value <= 255, 'an exit code from 1 to 255');

export const seed = restrict(parseCount, (value) => value <= 0xffff_ffff, `a seed of at most ${0xffff_ffff}`);

/** Of Zipf's distribution; beyond 10 only the first room would ever be chosen. */
export const exponent: Parser<number> = (text) => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value <= 10 ? { ok: true, value } : rejectText('an exponent from 0 to 10 such as 1.1', text);
};

/** Of the capacity that was found: a little more than all of it shows what overload looks like. */
export const replayShare: Parser<number> = (text) => {
  const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1];
  const value = Number(`${percent}e-2`);
  return value > 0 && value <= 2 ? { ok: true, value } : rejectText('a share from above 0% to 200% such as 105%', text);
};

export const positiveShare = restrict(parseRatio, (ratio) => ratio > 0 && ratio <= 1, 'a share such as 20%');

const TARGET_KINDS = ['auto', 'embedded', 'local', 'compose'] as const;

/** What is loaded. `further`: more addresses of the same server. */
export type ChosenTarget = Pick<TargetRequest, 'kind' | 'url'> & { readonly further?: readonly string[] };

const MAX_ADDRESSES = 100;

/** "auto", "embedded", "local", "compose", or the ws:// or wss:// address of a server, or several with commas between them. */
export const target: Parser<ChosenTarget> = (text) => {
  const [first = '', ...others] = text.split(/,(?=\s*\w+:\/\/)/);
  if (others.length === 0) return oneTarget(text);
  if (others.length >= MAX_ADDRESSES) return rejectText(`at most ${MAX_ADDRESSES} addresses`, text);
  const further: string[] = [];
  for (const other of others) {
    const url = serverUrl(other.trim());
    if (!url.ok) return url;
    further.push(url.value);
  }
  const chosen = oneTarget(first.trim());
  return chosen.ok ? { ok: true, value: { ...chosen.value, further } } : chosen;
};

const oneTarget: Parser<ChosenTarget> = (text) => {
  const kind = TARGET_KINDS.find((name) => name === text);
  if (kind !== undefined) return { ok: true, value: { kind, url: null } };
  if (/^wss?:/i.test(text)) {
    const url = webSocketUrl(text);
    return url.ok ? { ok: true, value: { kind: 'external', url: url.value } } : url;
  }
  // Whether it may be reached by HTTP is the protocol's to say.
  if (serverUrl(text).ok) return { ok: true, value: { kind: 'external', url: text } };
  return rejectTarget(text);
};

/** What is no target where clients receive over WebSockets. */
export function rejectTarget(text: string): Parsed<never> {
  const expected = `${TARGET_KINDS.join(', ')} or an address such as ws://127.0.0.1:8080/`;
  return rejectText(expected, text, suggestAddress(text) || didYouMean(text, TARGET_KINDS));
}

/** For an address of the wrong kind, or without any: `, did you mean "ws://127.0.0.1:8080"?`. Empty for all else. */
function suggestAddress(text: string): string {
  const [, scheme, rest = ''] = /^(?:(https?):\/\/)?(.+)$/i.exec(text) ?? [];
  const isAddress = scheme !== undefined || /^[a-z0-9.-]+(:\d{1,5}|\.[a-z0-9-]+)(\/\S*)?$/i.test(rest);
  const address = `${scheme?.toLowerCase() === 'https' ? 'wss' : 'ws'}://${rest}`;
  return isAddress && webSocketUrl(address).ok ? `, did you mean ${JSON.stringify(address)}?` : '';
}

/** How nginx spreads connections over gateways, or "none". */
export const balance: Parser<Balance> = nameAmong(BALANCES);

/** How the reference cluster's messages get to the gateways of the recipients. */
export const topology: Parser<Topology> = nameAmong(TOPOLOGIES);

export const rateLimiter: Parser<RateLimitRequest['kind']> = nameAmong(RATE_LIMITERS);

const WINDOWS_MS: ReadonlyMap<string, number> = new Map([
  ['', 1_000],
  ['/s', 1_000],
  ['/m', 60_000],
  ['/h', 3_600_000],
]);

/** "10/s", "600/m": so many messages of one user in a window of a second, a minute, an hour. */
export const rateLimit: Parser<Omit<RateLimitRequest, 'kind'>> = (text) => {
  const [, digits, unit] = /^(\d{1,6})(.*)$/.exec(text.trim()) ?? [];
  const [limit, windowMs] = [Number(digits), WINDOWS_MS.get(unit?.trim() ?? '?')];
  return windowMs !== undefined && limit >= 1 && limit <= LIMITS.maxRateLimit
    ? { ok: true, value: { limit, windowMs } }
    : rejectText(`1 to ${formatCount(LIMITS.maxRateLimit)} messages of a user, such as 10/s or 600/m`, text);
};

/** How messages get to the reference cluster. */
export const sendWay: Parser<SendWay> = nameAmong(SEND_WAYS);

export const queueType: Parser<QueueType> = nameAmong(QUEUE_TYPES);

/** What the reference cluster can be made to do wrong. */
export const defect: Parser<Defect> = nameAmong(DEFECTS);

/** How the clients spread themselves over the target's addresses. */
export const spread: Parser<Spread> = nameAmong(SPREADS);

/** The address of a server, whatever it speaks. */
export const serverUrl: Parser<string> = (text) => {
  if (!/^(?:https?|mqtts?):/i.test(text)) return webSocketUrl(text);
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.hostname !== '' && url.hash === '' ? { ok: true, value: text } : webSocketUrl(text);
};

export const webSocketUrl: Parser<string> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const usable = url !== null && /^wss?:$/.test(url.protocol) && url.hostname !== '' && url.hash === '';
  return usable
    ? { ok: true, value: text }
    : rejectText('a ws:// or wss:// address such as ws://127.0.0.1:8080/', text, suggestAddress(text));
};

function countBetween(least: number, most: number, what: string): Parser<number> {
  return restrict(
    parseCount,
    (value) => value >= least && value <= most,
    `${formatCount(least)} to ${formatCount(most)} ${what}`,
  );
}

function nameAmong<const Name extends string>(names: readonly Name[]): Parser<Name> {
  return (text) => {
    const value = names.find((name) => name === text);
    if (value !== undefined) return { ok: true, value };
    return rejectText(`${names.slice(0, -1).join(', ')} or ${names.at(-1)}`, text, didYouMean(text, names));
  };
}
