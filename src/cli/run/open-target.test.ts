import { expect, test, vi } from 'vitest';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import type { launchTarget } from '../../launch/launch-target.ts';
import { parseScenario } from '../../scenario/parse-scenario.ts';
import { openTarget } from './open-target.ts';
import type { RunView } from './run-view.ts';

test.each([
  ['nothing breaks', '[]', true],
  ['clients leave', '[{ at: 1s, disconnect: clients, for: 1s }]', true],
  ['a network is slow', '[{ at: 1s, delay: 5ms, on: gateway-1, for: 1s }]', true],
  ['a worker is killed', '[{ at: 1s, disconnect: clients, for: 1s }, { at: 2s, kill: worker-1 }]', false],
  ['a broker stands still', '[{ at: 1s, pause: redis, for: 1s }]', false],
  ['connections are cut', '[{ at: 1s, disconnect: amqp }]', false],
])('where %s, a target that is kept up between runs may be used: %s → %s', async (_, faults, attach) => {
  const text = `name: a\nquestion: b?\nrate: 1/s\nfaults: ${faults}\n`;
  const scenario = parseScenario(text, { file: 'a.yaml', checkThreshold: () => null });
  const view = { note() {} } as unknown as RunView;
  const launch = vi.fn(async () => ({ description: { kind: 'local' } })) as unknown as typeof launchTarget;
  await openTarget(
    scenario,
    view,
    new AbortController().signal,
    { publicHosts: [], proxies: [], hosts: PRIVATE_ONLY },
    launch,
  );
  expect(vi.mocked(launch).mock.lastCall?.[1]).toMatchObject({ attach, keepPorts: !attach });
});

test.each([
  [{}, 'started a local target of its own'],
  [
    { attachedTo: { name: 'staging', startedAt: '2026-01-02T03:04:05.000Z' } },
    'attached to the local target "staging", up since 2026-01-02T03:04:05.000Z: it stays up',
  ],
])('it says whether the target is one that is kept up: %j', async (origin, told) => {
  const scenario = parseScenario('name: a\nquestion: b?\nrate: 1/s\n', { file: 'a.yaml', checkThreshold: () => null });
  const notes: string[] = [];
  const view = { note: (text: string) => notes.push(text) } as unknown as RunView;
  const launch = (async () => ({ description: { kind: 'local' }, ...origin })) as unknown as typeof launchTarget;
  await openTarget(
    scenario,
    view,
    new AbortController().signal,
    { publicHosts: [], proxies: [], hosts: PRIVATE_ONLY },
    launch,
  );
  expect(notes).toEqual([told]);
});
