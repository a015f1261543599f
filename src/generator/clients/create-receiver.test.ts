import { expect, it } from 'vitest';
import { echoProtocol } from '../../protocol/adapters/echo.ts';
import { readErrorCode } from '../../protocol/read-error-code.ts';
import { populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { createVirtualEcho } from '../../testing/virtual-server.ts';
import type { Connector } from '../connection.ts';

/** Refuses every message under a code of its own choice, and greets every client with an error. */
async function runRefused(kind: 'error' | 'limited') {
  const clock = new VirtualClock();
  const echo = createVirtualEcho(clock, (atUs) => atUs + 1000);
  const connector: Connector = {
    async connect(opening, timeoutUs, listener) {
      clock.after(500_000, () => listener.onFrame(Buffer.from('{"code":"maintenance"}')));
      return echo.connect(opening, timeoutUs, listener);
    },
  };
  let answers = 0;
  const protocol = {
    ...echoProtocol,
    acknowledges: true,
    classify: () => kind,
    readCode: (frame: Buffer) => readErrorCode(frame) ?? (answers++ % 4 === 0 ? 'forbidden' : 'overloaded'),
  };
  return runShardOn(clock, connector, { population: populationFixture(4, 1) }, { protocol });
}

it.each(['error', 'limited'] as const)(
  'counts refusals of kind %s by their code, those of measure alone',
  async (kind) => {
    const { ledger, refusals } = await runRefused(kind);
    expect(ledger.rejected).toBe(ledger.sent);
    expect(ledger.limited).toBe(kind === 'limited' ? ledger.sent : 0);
    expect(refusals.map(({ code }) => code)).toEqual(['overloaded', 'forbidden']);
    expect(refusals.reduce((sum, { count }) => sum + count, 0)).toBe(ledger.rejected);
  },
);

it('counts errors that name no message besides', async () => {
  expect((await runRefused('error')).serverErrors).toEqual([{ code: 'maintenance', count: 4 }]);
});
