import { expect, it } from 'vitest';
import { ChatbenchError } from '../../errors.ts';
import { buildScenarioFixture, targetFixture } from '../../testing/plan-fixture.ts';
import { hintAtProtocol } from './hint-at-protocol.ts';

const external = targetFixture({ kind: 'external', url: 'ws://127.0.0.1:9/' });
const unreachable = new ChatbenchError('target-unavailable', 'no connection could be opened', { hint: 'is it up?' });

it('names the protocol that was spoken for want of another', () => {
  const scenario = buildScenarioFixture({ target: external, protocol: 'reference' });
  expect(hintAtProtocol(unreachable, scenario, undefined)).toMatchObject({
    message: 'no connection could be opened',
    exitCode: 3,
    hint: expect.stringMatching(/no --protocol was given, .* reference protocol .* docs\/your-server\.md/),
  });
});

it('leaves alone what it does not explain', () => {
  const named = buildScenarioFixture({ target: external, protocol: 'echo' });
  const reference = buildScenarioFixture({ target: external, protocol: 'reference' });
  const bundled = buildScenarioFixture({ target: targetFixture({ kind: 'local' }), protocol: 'reference' });
  const other = new ChatbenchError('target-failed', 'redis died');
  for (const [error, scenario, given] of [
    [unreachable, named, undefined],
    [unreachable, reference, 'chat.yaml'],
    [unreachable, bundled, undefined],
    [other, reference, undefined],
  ] as const)
    expect(hintAtProtocol(error, scenario, given)).toBe(error);
});
