import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../launch/machine/free-port.ts';
import { listDescendants } from '../../launch/supervision/process-identity.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import { readRegions } from '../../record/region-pair.ts';
import { createNetworkNamespaces } from '../../testing/network-namespaces.ts';
import { plantHall } from '../../testing/planted-hall.ts';
import { startRoomServer } from '../../testing/room-server.ts';
import { type Chatbench, runChatbench, startChatbench } from '../../testing/run-chatbench.ts';

const machines = createNetworkNamespaces(3);
const HALL = plantHall(30_000);
const REGIONS = ['tokyo', 'london', 'london'];

// Of one address no more than some 28,000 connections go to one port.
describe.skipIf(machines === null)('a hall of 30,000 on three machines', () => {
  const out = mkdtempSync(join(tmpdir(), 'chatbench-large-hall-'));
  afterAll(() => {
    machines?.remove();
    rmSync(out, { recursive: true, force: true });
  });

  it('is measured whole, with exactly what goes astray in it, and told apart by region', async () => {
    const host = machines!.host;
    const port = await findFreePort();
    const scenario = join(out, 'hall.yaml');
    writeFileSync(scenario, HALL.scenario);
    await runChatbench(['agents', 'keygen', '--host', host, '--agents', '3', '--out', out], out);
    const server = await startRoomServer(3, HALL.plants, host);
    const agents = REGIONS.map((region, index) => {
      const join_ = ['--join', `tls://${host}:${port}`, '--key', join(out, `agent-${index + 1}.key`)];
      const args = ['agent', ...join_, '--allow-target', host, '--label', `region=${region}`];
      return startChatbench(args, out, undefined, machines!.enter(index + 1));
    });
    try {
      const where = ['--agents', '3', '--listen', `${host}:${port}`, '--agent-keys', out, '--target', server.url];
      const run = startChatbench(['run', scenario, ...where, '--json', '--no-report', '--out', out], out);
      const { shards, samples, clockErrorUs, clockErrorsUs } = await HALL.expectPlanted(run, out);
      expect(shards).toEqual({ planned: 3, reported: 3 });
      expect(clockErrorUs).toBeGreaterThan(0);
      expect(clockErrorsUs?.['from=tokyo,to=tokyo']).toBe(0);
      expect(clockErrorsUs?.['from=tokyo,to=london']).toBeGreaterThan(0);
      // All senders of a room are of one machine, and its recipients of all.
      const ofRegions = Object.entries(samples.breakdowns).filter(([label]) => readRegions(label) !== null);
      const counts = ofRegions.map(([label, encoded]) => [label, summarizeHistogram(encoded)?.count ?? 0] as const);
      expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(samples.ledger.once);
      for (const to of ['tokyo', 'london']) {
        expect(counts.some(([label, count]) => label.endsWith(`,to=${to}`) && count > 100_000)).toBe(true);
      }
    } finally {
      for (const agent of agents) endMachine(agent);
      await Promise.all(agents.map(({ ended }) => ended));
      server.stop();
    }
  });
});

function endMachine({ child }: Chatbench): void {
  for (const { pid } of listDescendants(child.pid!)) process.kill(pid, 'SIGKILL');
  child.kill('SIGKILL');
}
