import { afterAll } from 'vitest';
import { describeChatFeatures } from '../../../testing/contracts/chat-features-contract.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../embedded/embedded-cluster.ts';

const clusters: EmbeddedCluster[] = [];

afterAll(async () => {
  await Promise.all(clusters.map((cluster) => cluster.stop()));
});

for (const topology of ['worker', 'pubsub', 'pattern', 'fanout'] as const) {
  describeChatFeatures(topology, async () => {
    const cluster = await startEmbeddedCluster({ topology, gateways: 2, workers: 2 });
    clusters.push(cluster);
    return cluster;
  });
}
