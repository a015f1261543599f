import { expect, it } from 'vitest';
import { experimentFixture, stepFixture } from '../testing/experiment-fixture.ts';

it('keeps no secret, whoever shows or writes it', () => {
  const { steps, targetLost, capacity } = experimentFixture(
    [stepFixture(500, 5, { label: 'target=ws://joe:Zq7w4rden@a/', held: false })],
    {
      targetLost: {
        step: 'target=ws://joe:Zq7w4rden@a/',
        reason: 'ws://joe:Zq7w4rden@a/?token=Zq1111abc&room=7: no connection could be opened: {"token":"Zq1111abc"}',
      },
      found: { value: null, failedAt: 500 },
    },
  );
  expect(steps).toMatchObject([{ label: 'target=ws://***@a/', value: 500, figures: { p95Us: 5000 } }]);
  expect(targetLost).toEqual({
    step: 'target=ws://***@a/',
    reason: 'ws://***@a/?token=***&room=7: no connection could be opened: {"token":"***"}',
  });
  expect(capacity).toEqual({ value: null, failedAt: 500, bindings: [] });
});
