import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ANSWER_WITHIN_MS } from '../../sampler/observe/hold-link.ts';
import type { Observation } from '../../sampler/observe/observation.ts';
import { describeTrouble } from '../../sampler/observe/open-observations.ts';

/** An observation of something that a test can set, and whose server it can take away. */
export interface ObservedSubject {
  open(): Observation;
  /** Whatever is observed comes to this much. */
  set(value: number): Promise<unknown>;
  /** The server is gone: nobody answers at its address. */
  takeAway(): Promise<unknown>;
  giveBack(): Promise<unknown>;
  /** The server takes what is asked, and never answers; absent where nothing can hang. */
  hang?(): void;
  /** Connections that the observation holds; absent where it holds none. */
  countOpen?(): number;
  /** How far a reading may be from the value, 0 by default. */
  readonly tolerance?: number;
}

const LATE_MS = ANSWER_WITHIN_MS + 1_500;

export function describeObservation(name: string, subject: () => ObservedSubject): void {
  describe(`${name} as observation`, () => {
    let observation: Observation;

    beforeEach(async () => {
      await subject().set(3);
      observation = subject().open();
    });

    afterEach(async () => {
      await subject().giveBack();
      await observation.close();
    });

    const reads = (value: number) =>
      expect
        .poll(() => observation.read().catch(() => null), { timeout: 20_000, interval: 100 })
        .toSatisfy((read) => read !== null && Math.abs(Number(read) - value) <= (subject().tolerance ?? 0));

    test('tells what is there, and what has become of it', async () => {
      await reads(3);
      await subject().set(7);
      await reads(7);
      await subject().set(0);
      await reads(0);
    });

    test('fails in time while its server is gone, and tells again when it is back', async () => {
      await reads(3);
      await subject().takeAway();
      for (let attempt = 0; attempt < 3; attempt++) {
        const beforeMs = performance.now();
        await expect(observation.read()).rejects.toThrow();
        expect(performance.now() - beforeMs).toBeLessThan(LATE_MS);
      }
      await subject().giveBack();
      await subject().set(5);
      await reads(5);
    });

    test('does not wait for ever for a server that hangs', async ({ skip }) => {
      const { hang } = subject();
      if (hang === undefined) return skip();
      await reads(3);
      hang();
      const beforeMs = performance.now();
      await expect(observation.read()).rejects.toThrow();
      expect(performance.now() - beforeMs).toBeLessThan(LATE_MS);
      await subject().giveBack();
      await reads(3);
    });

    test('leaves nothing open, however often it is closed, and also where its server is gone', async () => {
      await reads(3);
      await Promise.all([observation.close(), observation.close()]);
      await observation.close();
      await expect.poll(() => subject().countOpen?.() ?? 0).toBe(0);
      const other = subject().open();
      await other.read();
      await subject().takeAway();
      await other.close();
    });

    test('says in a line why it has no figure', async () => {
      await subject().takeAway();
      const trouble = await observation.read().then(() => '', describeTrouble);
      expect(trouble).toMatch(/^\S.*\S$/);
      expect(trouble.length).toBeLessThanOrEqual(200);
    });
  });
}
