import type { ACK_STATIONS, DELIVERY_STATIONS } from '../../wire/hop-stamps.ts';

/** Digits of a stamp, and after how many µs stamps begin anew: see hop-stamps.ts, which browsers cannot load. */
const DIGITS = 6;
const SPAN_US = 36 ** DIGITS;

type Leg<Stations extends readonly string[]> = Exclude<Stations[number], 'taken'>;

const DELIVERY_LEGS = {
  published: 'gateway',
  received: 'queue',
  begun: 'waiting at the worker',
  stored: 'store',
  written: 'back to a gateway',
} satisfies Record<Leg<typeof DELIVERY_STATIONS>, string>;

const ACK_LEGS = { published: 'gateway', confirmed: 'confirmed by the broker' } satisfies Record<
  Leg<typeof ACK_STATIONS>,
  string
>;

/** Where a message has spent its time, as its stamps tell: "gateway 0.4 ms · queue 1.2 ms"; empty without any. */
export function listLegs(hops = ''): string {
  const stamps = (hops.match(/[\da-z]{6}/g) ?? []).map((digits) => Number.parseInt(digits, 36));
  const names = Object.values(stamps.length > Object.keys(ACK_LEGS).length + 1 ? DELIVERY_LEGS : ACK_LEGS);
  if (stamps.length !== names.length + 1) return '';
  const legs = names.map((name, i) => {
    const us = (stamps[i + 1]! - stamps[i]! + SPAN_US) % SPAN_US;
    return `${name} ${(us / 1000).toFixed(1)} ms`;
  });
  return legs.join(' · ');
}
