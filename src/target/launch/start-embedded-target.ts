import { readVersion } from '../../version.ts';
import { startEmbeddedCluster } from '../embedded-cluster.ts';
import type { StartTarget } from './served-target.ts';

/** Gateways and workers in this very process, over queue, store and pub/sub in memory. */
export const startEmbeddedTarget: StartTarget = async ({ gateways, workers, hops }) => {
  const cluster = await startEmbeddedCluster({ gateways, workers, hops });
  const components = [
    { name: 'in-process queue', version: readVersion() },
    { name: 'node', version: process.versions.node },
  ];
  return {
    facts: {
      description: { kind: 'embedded', topology: 'worker', gateways, workers, components },
      endpoints: [...cluster.endpoints],
      queue: { kind: 'in-process', stats: cluster.stats },
    },
    logDirectory: null,
    // A part that fails throws, and so ends this process: whoever started it sees that.
    failure: new Promise(() => {}),
    stop: () => cluster.stop(),
  };
};
