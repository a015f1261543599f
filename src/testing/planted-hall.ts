import { resolve } from 'node:path';
import { expect } from 'vitest';
import { type Summary, summarySchema } from '../report/json/summary-schema.ts';
import { readResult } from '../result/result-file.ts';
import type { RunResult } from '../result/run-result.ts';
import type { Plant } from './room-server.ts';
import type { Chatbench } from './run-chatbench.ts';

/** A room that no process holds, and some strangers who are told of what is none of theirs. */
export interface PlantedHall {
  readonly plants: readonly Plant[];
  /** YAML. The hall and the strangers take turns: the hall has 12 messages, of 12 senders. */
  readonly scenario: string;
  /** Of a run that has found exactly what was planted; yields its result. */
  expectPlanted(run: Chatbench, directory: string): Promise<RunResult>;
}

const STRANGERS = 20;
const PLANTED = 10;
/** Of each of both rooms. */
const MESSAGES = 12;

/** What a machine that others keep busy does to a run. */
const OF_THE_MACHINE: readonly string[] = [
  'generator-cpu',
  'generator-starved',
  'generator-blocked',
  'generator-gc',
  'host-steal',
  'host-foreign',
  'lateness',
  'lateness-share',
];

/** One message of each of the hall's first ten senders does not reach somebody, reaches somebody twice, and reaches a stranger. */
export function plantHall(size: number): PlantedHall {
  const plants = Array.from({ length: PLANTED }, (_, sender): readonly Plant[] => [
    { what: 'lose', room: 0, sender, recipient: (sender * 971 + 1_017) % size },
    { what: 'repeat', room: 0, sender, recipient: (sender * 577 + 2_005) % size },
    { what: 'leak', room: 0, sender, recipient: size + sender },
  ]).flat();
  return {
    plants,
    scenario: `
name: hall
question: How long does the last of a hall wait?
protocol: { url: '{endpoint}/{room}/{user}', send: '{body}' }
clients: ${size + STRANGERS}
rooms: { sizes: [{ size: ${size}, count: 1 }, { size: ${STRANGERS}, count: 1 }], choice: in-turn }
senders: 1%
rate: 6/s
duration: 4s
warmup: 0s
drain: ${size > 10_000 ? 15 : 2}s
timeouts: { delivery: 30s, connect: 60s }
lateness-budget: 30s
thresholds: [lost == ${PLANTED}]
`,
    async expectPlanted(run, directory) {
      await run.ended;
      const summary: Summary = summarySchema.parse(JSON.parse(run.stdout()));
      const expected = MESSAGES * (size - 1) + MESSAGES * (STRANGERS - 1);
      expect(summary.messages, `${run.stderr()}${JSON.stringify(summary.warnings)}`).toMatchObject({
        planned: 2 * MESSAGES,
        sent: 2 * MESSAGES,
        skipped: 0,
      });
      expect(summary.deliveries).toMatchObject({
        expected,
        once: expected - PLANTED,
        lost: PLANTED,
        duplicated: PLANTED,
        misrouted: PLANTED,
        reordered: 0,
      });
      const { fanoutFirst, fanoutMedian, fanoutLast, delivery } = summary.latencyMs;
      const counts = [fanoutFirst.count, fanoutMedian.count, fanoutLast.count];
      expect(counts).toEqual([2 * MESSAGES, 2 * MESSAGES, 2 * MESSAGES - PLANTED]);
      expect(delivery.count).toBe(expected - PLANTED);
      // How the machine fared is not what is tested here.
      const invalid = summary.warnings.flatMap(({ code, invalidates }) => (invalidates ? [code] : []));
      expect(invalid.filter((code) => !OF_THE_MACHINE.includes(code))).toEqual([]);
      expect(summary.thresholds).toMatchObject([{ expression: `lost == ${PLANTED}`, ok: true }]);
      const result = await readResult(resolve(directory, summary.resultFile!, '..'));
      expect(result.samples.connections).toMatchObject({ opened: size + STRANGERS, reached: size + STRANGERS });
      return result;
    },
  };
}
