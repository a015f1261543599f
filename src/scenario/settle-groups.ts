import { apportion } from '../apportion.ts';
import { TRAFFIC_KINDS } from '../choices.ts';
import { didYouMean } from '../nearest.ts';
import type { FileGroup, GroupRate } from './group-keys.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import type { Group } from './scenario.ts';
import { atKey, type Report, type Sources } from './setting.ts';
import { settleGroupProtocol } from './settle-group-protocol.ts';
import { isClosedLoop } from './settle-load.ts';
import { canHaveTraffic } from './settle-traffic.ts';

/** Groups, and what those send that have a rate of their own. */
export interface SettledGroups {
  readonly groups: readonly Group[];
  readonly ownPerSecond: number;
}

const NO_GROUPS: SettledGroups = { groups: [], ownPerSecond: 0 };

/**
 * `groups` → who does what. The load of the scenario is that of the groups without a rate of their own, dealt out by their clients.
 *
 * @param clients undefined where their number is broken
 */
export function settleGroups(
  sources: Sources,
  clients: number | undefined,
  protocol: ProtocolSpec | undefined,
  report: Report,
): SettledGroups {
  const { groups: given } = sources.values;
  if (given === undefined || clients === undefined) return NO_GROUPS;
  const refuse = (text: string) => report(atKey(sources, 'groups', text));
  const sizes = apportion(
    given.map(({ share }) => share),
    clients,
  );
  const empty = given.find((_, index) => sizes[index] === 0);
  if (empty !== undefined) refuse(`"${empty.name}" would be nobody: expected more clients than ${clients}`);
  refuseCompany(sources, protocol, report);

  const own = given.map((group, index) => totalOf(group.rate ?? group.send, sizes[index]!));
  const ownPerSecond = own.reduce<number>((sum, rate) => sum + (rate ?? 0), 0);
  const basePerSecond = basePerSecondOf(sources, clients);
  const takers = sizes.reduce((sum, size, index) => sum + (own[index] === null ? size : 0), 0);
  if (basePerSecond !== null && takers === 0) {
    refuse(
      'expected a group without a rate of its own, which sends what the scenario says, or no rate of the scenario',
    );
  }
  if (basePerSecond === STAGED && ownPerSecond > 0) {
    refuse('expected no rate of a group beside stages or steps: those that send share what these say by their clients');
  }
  // A rate that only a flag gives is dealt out all the same.
  const isGiven = sources.flags.rate !== undefined && ownPerSecond === 0;
  const base = basePerSecond === STAGED ? 1 : (basePerSecond ?? (isGiven ? 1 : 0));
  if (isGiven && takers === 0 && basePerSecond === null) refuse('expected a group that sends');
  const total = (takers === 0 ? 0 : base) + ownPerSecond;
  return {
    ownPerSecond,
    groups: given.map(({ name, share, payload, traffic, session, protocol: way }, index) => {
      const spoken = way && settleGroupProtocol(sources, index, way, protocol, report);
      const rate = own[index] ?? base * (sizes[index]! / Math.max(1, takers));
      const besides = listTraffic(traffic ?? {}, sizes[index]!);
      return {
        name,
        share,
        messages: total === 0 ? 0 : rate / total,
        ...(payload === undefined ? {} : { payloads: payload }),
        ...(besides.length === 0 ? {} : { traffic: besides }),
        ...(session && {
          session: { lengthUs: session.length, awayUs: session.away, isFixed: session.fixed ?? false },
        }),
        ...(spoken && { protocol: spoken }),
      };
    }),
  };
}

const STAGED = Symbol('staged');

/** What groups share that have no rate of their own; null where the scenario says nothing. */
function basePerSecondOf({ values, broken }: Sources, clients: number): number | typeof STAGED | null {
  if (values.stages !== undefined || values.steps !== undefined) return STAGED;
  if (values.rate !== undefined) return values.rate;
  if (values['rate-per-client'] !== undefined) return values['rate-per-client'] * clients;
  return broken.has('rate') || broken.has('rate-per-client') ? 1 : null;
}

/** What says otherwise who sends. */
function refuseCompany(sources: Sources, protocol: ProtocolSpec | undefined, report: Report): void {
  const { values } = sources;
  if (isClosedLoop(sources)) report(atKey(sources, 'groups', 'expected an open loop: a closed one has no rates'));
  if (values.senders !== undefined)
    report(atKey(sources, 'senders', 'expected no senders beside groups, which say who sends'));
  if (values.rooms?.choice === 'in-turn')
    report(atKey(sources, 'rooms', 'expected choice: uniform or zipf beside groups'));
  const wantsTraffic = values.groups?.some(({ traffic }) => traffic !== undefined) ?? false;
  if (wantsTraffic && protocol !== undefined && !canHaveTraffic(protocol))
    report(
      atKey(sources, 'groups', 'expected protocol: reference or a module, which say how clients type, read and fetch'),
    );
}

/** Null: it has none of its own. */
function totalOf(rate: GroupRate | undefined, size: number): number | null {
  if (rate === undefined) return null;
  return rate.isPerClient ? rate.perSecond * size : rate.perSecond;
}

function listTraffic(rates: NonNullable<FileGroup['traffic']>, size: number): NonNullable<Group['traffic']> {
  return TRAFFIC_KINDS.map((kind) => ({ kind, perSecond: totalOf(rates[kind], size) ?? 0 })).filter(
    ({ perSecond }) => perSecond > 0,
  );
}

const OF_GROUP = /^[^<>=!]*\s(?:of|to)\s+([^\s<>=!]+)\s*[<>=!]/;

/**
 * That a threshold of a group names one that there is; null where it does, or where it is of no group.
 *
 * @returns what is wrong with it in one line
 */
export function checkGroup(expression: string, groups: readonly Group[]): string | null {
  const name = OF_GROUP.exec(expression)?.[1];
  const names = groups.map((group) => group.name);
  if (name === undefined || names.includes(name)) return null;
  if (names.length === 0) return `there is no group "${name}": expected it under \`groups:\``;
  const suggestion = didYouMean(name, names);
  return `there is no group "${name}"${suggestion === '' ? `, expected one of ${names.join(', ')}` : suggestion}`;
}
