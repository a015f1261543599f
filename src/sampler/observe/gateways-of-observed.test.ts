import { expect, it } from 'vitest';
import { gatewaysOfObserved } from './gateways-of-observed.ts';

const series = (name: string, values: readonly (number | null)[], atMs = (index: number) => index * 250) => ({
  name,
  unit: 'number' as const,
  source: 'http-json' as const,
  intervalMs: 250,
  gaps: 0,
  trouble: null,
  atUs: values.map((_, index) => atMs(index) * 1_000),
  values: [...values],
});

it('tells connections once a second, and those that each had when measure began', () => {
  // The second gateway answers a few milliseconds later, and once not at all, just when measure begins.
  const first = series('gateway-1.connections', [5, 6, 7, 8, 9, 10, 11, 12, 13]);
  const second = series('gateway-2.connections', [1, 1, 2, 2, null, 3, 3, 4, 5], (index) => index * 250 + 8);
  expect(gatewaysOfObserved([second, first], 2, 1_000_000)).toEqual({
    connections: { 'gateway-1': 10, 'gateway-2': 3 },
    series: {
      atUs: [0, 1_000_000, 2_000_000],
      gateways: [
        { name: 'gateway-1', connections: [5, 9, 13] },
        { name: 'gateway-2', connections: [1, null, 5] },
      ],
    },
    events: [],
  });
});

it('knows nothing of gateways of which one never answered, or that nobody asked', () => {
  const known = series('gateway-1.connections', [5, 5]);
  expect(gatewaysOfObserved([known, series('gateway-2.connections', [null, null])], 2, 0)).toMatchObject({
    connections: null,
    series: { gateways: [{ connections: [5] }, { connections: [null] }] },
  });
  expect(gatewaysOfObserved([], 2, 0)).toEqual({ connections: null, series: null, events: [] });
});

it('tells when a broker holds a gateway back, and when it takes its messages again; one that does not answer is not let go', () => {
  const connections = series('gateway-1.connections', [1, 1, 1, 1, 1, 1]);
  const blocked = [
    series('gateway-1.blocked', [0, 1, null, 1, 0, 0]),
    series('gateway-2.blocked', [0, 0, 1, 1, 1, null]),
  ];
  const text = (gateway: string, isBlocked: boolean) =>
    `${gateway}: ${isBlocked ? 'the broker holds its publishers back' : 'the broker takes messages again'}`;
  expect(gatewaysOfObserved([connections, ...blocked], 2, 0).events).toEqual([
    { atUs: 250_000, kind: 'blocked', text: text('gateway-1', true) },
    { atUs: 500_000, kind: 'blocked', text: text('gateway-2', true) },
    { atUs: 1_000_000, kind: 'unblocked', text: text('gateway-1', false) },
  ]);
});
