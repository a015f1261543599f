import { formatBytes, formatDuration, formatNumber, formatPlural, formatRate, formatRatio } from '../quantities.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { TRAFFIC_NAMES } from './traffic-rows.ts';

/** The load in words: "1,200/s for 30 s", ramps as "100/s to 2,000/s over 1 min", several stages joined by "then". */
export function describeLoad(load: Scenario['load']): string {
  const stages = load.stages.map(({ fromPerSecond, toPerSecond, durationUs }) =>
    fromPerSecond === toPerSecond
      ? `${formatRate(fromPerSecond)} for ${formatDuration(durationUs)}`
      : `${formatRate(fromPerSecond)} to ${formatRate(toPerSecond)} over ${formatDuration(durationUs)}`,
  );
  if (load.loop === 'closed') {
    const length = formatDuration(load.stages.reduce((sum, { durationUs }) => sum + durationUs, 0));
    return `closed loop for ${length}, ${formatDuration(load.thinkTimeUs)} think time`;
  }
  return `${stages.join(', then ')}${load.process === 'poisson' ? ' (Poisson arrivals)' : ''}`;
}

/** Who talks: "50 clients in rooms of 2, 100 B a message". */
export function describePopulation(scenario: Pick<Scenario, 'population' | 'load' | 'groups'>): string {
  const { population, load } = scenario;
  const parts = [
    formatPlural(population.clients, 'client') + describeRooms(population),
    `${load.payloads.map(({ bytes, share }) => formatBytes(bytes) + (share === 1 ? '' : ` (${formatRatio(share)})`)).join(', ')} a message`,
  ];
  if (population.senderShare < 1) parts.push(`${formatRatio(population.senderShare)} of a room send`);
  if (scenario.groups !== undefined) parts.push(describeGroups(scenario));
  return parts.join(', ');
}

/** "80 % readers who send nothing, 20 % talkers who send 100 % of the messages" */
export function describeGroups({ groups = [] }: Pick<Scenario, 'groups'>): string {
  return groups
    .map(({ name, share, messages, protocol }) => {
      const way = protocol === undefined ? '' : ` (${describeWay(protocol)})`;
      const sends = messages === 0 ? 'nothing' : `${formatRatio(messages)} of the messages`;
      return `${formatRatio(share)} ${name}${way} who send ${sends}`;
    })
    .join(', ');
}

/** "stomp"; of a description "sse", or "websocket, binary" */
function describeWay(protocol: NonNullable<NonNullable<Scenario['groups']>[number]['protocol']>): string {
  if (typeof protocol === 'string') return protocol;
  if (protocol.kind !== 'template') return protocol.kind;
  const frames = protocol.frames === 'binary' ? ', binary' : '';
  return protocol.name === 'template' ? `${protocol.transport}${frames}` : protocol.name;
}

/** "typing 50/s, read receipts 100/s" */
export function describeTraffic(traffic: NonNullable<Scenario['traffic']>): string {
  return traffic.map(({ kind, perSecond }) => `${TRAFFIC_NAMES[kind]} ${formatRate(perSecond)}`).join(', ');
}

function describeRooms({ clients, roomClasses, roomChoice }: Scenario['population']): string {
  const sizes = roomClasses.map(({ size }) => size);
  const perClient = roomClasses.reduce((sum, { size, count }) => sum + size * count, 0) / clients;
  if (perClient <= 1 && sizes.every((size) => size === 1)) return '';
  const who = perClient > 1 ? `, each in ${formatNumber(perClient)} rooms` : ' in rooms';
  return `${who} of ${sizes.join(', ')}${describeChoice(roomChoice)}`;
}

function describeChoice(choice: Scenario['population']['roomChoice']): string {
  if (choice.kind === 'zipf') return `, popular rooms first (Zipf ${choice.exponent})`;
  return choice.kind === 'in-turn' ? ', one after the other' : '';
}
