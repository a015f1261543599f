import { describeTopology } from '../../testing/contracts/topology-contract.ts';
import { startEmbeddedTopology } from './embedded-topology.ts';

for (const name of ['worker', 'pubsub', 'pattern', 'fanout'] as const) {
  describeTopology(name, async () => {
    const { openPath, store, stop } = await startEmbeddedTopology(name, 2);
    return { openPath: async (id) => openPath(id), store, stop };
  });
}
