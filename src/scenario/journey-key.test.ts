import { expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';

function parse(rest: string, overrides = {}) {
  const text = `name: a\nquestion: b?\nclients: 4\njourney: ./journey.ts\n${rest}\n`;
  return parseScenario(text, { file: '/some/where/a.yaml', checkThreshold: () => null, overrides });
}

it('a journey lies beside the scenario, is a closed loop, and brings back who has left', () => {
  const { load, reconnect, phases } = parse('duration: 7s');
  expect(load).toMatchObject({ loop: 'closed', journey: '/some/where/journey.ts' });
  expect(reconnect).not.toBeNull();
  expect(phases.measureUs).toBe(7_000_000);
  expect(parse('loop: closed\nreconnect: off').reconnect).toBeNull();
});

it.each([
  ['rate: 5/s', {}, 'rate: expected no rate beside a journey, which is a closed loop'],
  ['rate-per-client: 5/s', {}, 'expected no rate beside a journey'],
  ['', { rate: '5' }, '--rate 5: expected no rate beside a journey'],
  ['loop: open', {}, 'loop: expected closed, or nothing, beside a journey'],
  ['think: 1s', {}, 'think: expected client.think(…) in the journey instead'],
  ['groups: [{ name: all, share: 100% }]', {}, 'groups: expected an open loop'],
])('%s %j beside a journey: %s', (rest, overrides, problem) => {
  expect(() => parse(rest, overrides)).toThrow(problem);
});
