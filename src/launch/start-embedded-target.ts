import { hasWorkers } from '../choices.ts';
import { startEmbeddedCluster } from '../cluster/embedded/embedded-cluster.ts';
import { ChatbenchError } from '../errors.ts';
import { readVersion } from '../version.ts';
import { asOperator } from './as-operator.ts';
import type { StartTarget } from './served-target.ts';

/** Gateways and workers in this very process, over queue, store and pub/sub in memory. */
export const startEmbeddedTarget: StartTarget = async (plan) => {
  const { topology, rateLimit, gateways, workers, hops, defect, tokenKey } = plan;
  if (topology === 'stomp') {
    throw new ChatbenchError('usage', 'topology "stomp" needs RabbitMQ, which target "embedded" does without', {
      hint: 'use "--target local"; "chatbench doctor" says what it needs',
    });
  }
  const cluster = await startEmbeddedCluster({
    topology,
    gateways,
    workers,
    rateLimit,
    hops,
    defect,
    access: { tokenKey: tokenKey ?? undefined },
  });
  const components = [
    { name: hasWorkers(topology) ? 'in-process queue' : 'in-process pub/sub', version: readVersion() },
    { name: 'node', version: process.versions.node },
  ];
  return {
    facts: {
      description: { kind: 'embedded', topology, queueType: null, gateways, workers, components },
      balance: 'none',
      rateLimit,
      defect,
      tokenKey,
      endpoints: [...cluster.endpoints],
      gatewayStats: cluster.gatewayStats.map((stats) => asOperator(stats, tokenKey)),
      processes: [{ name: 'embedded', pid: process.pid }],
      queue: cluster.stats === null ? null : { kind: 'in-process', stats: asOperator(cluster.stats, tokenKey) },
    },
    logDirectory: null,
    // A part that fails throws, and so ends this process: whoever started it sees that.
    failure: new Promise(() => {}),
    faults: cluster.faults,
    stop: () => cluster.stop(),
  };
};
