import { expect, it } from 'vitest';
import { parseScenario } from '../../scenario/parse-scenario.ts';
import { PROTOCOL_NAMES } from '../../scenario/protocol-block.ts';
import { readProtocol } from '../../scenario/read-protocol.ts';
import { writeStarter } from './write-starter.ts';

const wires = [
  null,
  { preset: 'plain', path: null },
  { preset: 'plain', path: '/chat' },
  { preset: 'sse', path: '/events' },
  ...PROTOCOL_NAMES.slice(2).flatMap((preset) => [
    { preset, path: null },
    { preset, path: '/elsewhere' },
  ]),
];

it.each(wires)('what is written for %j can be run as it is', (wire) => {
  const { scenario, protocol } = writeStarter(wire?.preset === 'sse' ? 'http://127.0.0.1:1' : 'ws://127.0.0.1:1', wire);
  const given = readProtocol(protocol, 'protocol.yaml', '--protocol protocol.yaml', {});
  expect(given.problems).toEqual([]);
  const name = { sse: 'template', plain: 'template' }[wire?.preset ?? 'plain'] ?? wire?.preset;
  expect(given.parsed).toMatchObject({ value: { name } });
  const options = { file: 'scenario.yaml', checkThreshold: () => null, protocol: given, environment: {} };
  expect(parseScenario(scenario, options).target.kind).toBe('external');
});
