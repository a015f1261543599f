import type {
  ACK_STATIONS,
  CHANNEL_ACK_STATIONS,
  CHANNEL_DELIVERY_STATIONS,
  DELIVERY_STATIONS,
} from '../../wire/hop-stamps.ts';

/** Digits of a stamp, and after how many µs stamps begin anew: see hop-stamps.ts, which browsers cannot load. */
const DIGITS = 6;
const SPAN_US = 36 ** DIGITS;

type Legs<Stations extends readonly string[]> = Readonly<Record<Exclude<Stations[number], 'taken'>, string>>;

const DELIVERY_LEGS: Legs<typeof DELIVERY_STATIONS> = {
  published: 'gateway',
  received: 'queue',
  begun: 'waiting at the worker',
  stored: 'store',
  written: 'back to a gateway',
};
const CHANNEL_DELIVERY_LEGS: Legs<typeof CHANNEL_DELIVERY_STATIONS> = {
  published: 'gateway',
  written: 'channel to a gateway',
};
const ACK_LEGS: Legs<typeof ACK_STATIONS> = { published: 'gateway', confirmed: 'confirmed by the broker' };
const CHANNEL_ACK_LEGS: Legs<typeof CHANNEL_ACK_STATIONS> = {
  published: 'gateway',
  numbered: 'numbered',
  stored: 'store',
};

/** Of each kind of frame the ways that it may have come, no two of as many legs. */
const WAYS = {
  message: [DELIVERY_LEGS, CHANNEL_DELIVERY_LEGS].map((legs) => Object.values(legs)),
  ack: [ACK_LEGS, CHANNEL_ACK_LEGS].map((legs) => Object.values(legs)),
};

/** Where a message has spent its time, as the stamps of a frame tell: "gateway 0.4 ms · queue 1.2 ms"; empty without any. */
export function listLegs(frame: keyof typeof WAYS, hops = ''): string {
  const stamps = (hops.match(/[\da-z]{6}/g) ?? []).map((digits) => Number.parseInt(digits, 36));
  const names = WAYS[frame].find(({ length }) => length + 1 === stamps.length) ?? [];
  const legs = names.map((name, i) => {
    const us = (stamps[i + 1]! - stamps[i]! + SPAN_US) % SPAN_US;
    return `${name} ${(us / 1000).toFixed(1)} ms`;
  });
  return legs.join(' · ');
}
