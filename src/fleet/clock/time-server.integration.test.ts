import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../clock.ts';
import { startChrony } from '../../testing/chrony.ts';
import type { OffsetInterval } from './clock-line.ts';
import { createTimeServer, type TimeQuestions } from './time-server.ts';

const chrony = await startChrony('127.0.0.1');

describe.skipIf(chrony === null)('a time server (chrony)', () => {
  afterEach(() => chrony!.stop());

  it('tells the time of day, within what its answers leave open', async () => {
    const answers: OffsetInterval[] = [];
    const answered = Promise.withResolvers<void>();
    const server = createTimeServer('localhost', '127.0.0.1', chrony!.port, monotonicClock);
    const questions = server.open(
      (interval) => {
        answers.push(interval);
        if (answers.length === 4) answered.resolve();
      },
      // At first it does not know the time itself.
      () => {},
    );
    const timer = setInterval(questions.ask, 100);
    await answered.promise;
    clearInterval(timer);
    questions.close();
    // Both are read one after the other, and `Date` tells whole milliseconds.
    const truthUs = Date.now() * 1_000 - monotonicClock.nowUs();
    const tightest = answers.reduce((best, one) => (one.highUs - one.lowUs < best.highUs - best.lowUs ? one : best));
    expect(tightest.highUs - tightest.lowUs).toBeLessThan(20_000);
    expect(tightest.lowUs - 5_000).toBeLessThan(truthUs);
    expect(tightest.highUs + 5_000).toBeGreaterThan(truthUs);
  });
});

describe('a time server', () => {
  let silent: Socket;
  let questions: TimeQuestions;
  afterEach(() => {
    questions.close();
    silent.close();
  });

  it('that does not answer is told of once', async () => {
    silent = createSocket('udp4');
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const troubles: string[] = [];
    const asked = Promise.withResolvers<void>();
    let heard = 0;
    silent.on('message', () => {
      if (++heard === 4) asked.resolve();
    });
    const server = createTimeServer('time.example', '127.0.0.1', silent.address().port, monotonicClock);
    questions = server.open(
      () => {},
      (trouble) => troubles.push(trouble),
    );
    const timer = setInterval(questions.ask, 20);
    await asked.promise;
    clearInterval(timer);
    expect(troubles).toEqual(['time server time.example does not answer']);
  });
});
