import { z } from 'zod';
import type { LocalBinaries } from './find-binaries.ts';
import type { LaunchPlan, TargetFacts } from './launch-plan.ts';
import type { LaunchContext } from './start-component.ts';
import { resolveEntry, startNodeComponent } from './start-node-component.ts';
import { type RunningPostgres, startPostgres } from './start-postgres.ts';
import { type RunningRabbitmq, startRabbitmq } from './start-rabbitmq.ts';
import { type RunningRedis, startRedis } from './start-redis.ts';

const gatewayReady = z.object({ type: z.literal('ready'), endpoint: z.string(), stats: z.string() });
const workerReady = z.object({ type: z.literal('ready'), stats: z.string() });

export type FoundBinaries = { readonly [Name in keyof LocalBinaries]: NonNullable<LocalBinaries[Name]> };

/** Starts brokers in parallel, and each gateway and worker as soon as what it needs is up. */
export async function startLocalCluster(
  context: LaunchContext,
  binaries: FoundBinaries,
  plan: LaunchPlan,
  onProgress: (component: string) => void,
): Promise<TargetFacts> {
  const track = <T>(component: string, starting: Promise<T>) =>
    starting.then((value) => {
      onProgress(component);
      return value;
    });
  const redis = track('redis', startRedis(context, binaries.redis));
  const rabbitmq = track('rabbitmq', startRabbitmq(context, binaries.rabbitmq));
  const postgres = track('postgres', startPostgres(context, binaries.postgresDirectory));
  const gateways = Promise.all([rabbitmq, redis]).then((brokers) =>
    startEach(plan.gateways, (index) => track(`gateway-${index}`, startGateway(context, plan, index, ...brokers))),
  );
  const workers = Promise.all([rabbitmq, redis, postgres]).then((brokers) =>
    startEach(plan.workers, (index) => track(`worker-${index}`, startWorker(context, plan, index, ...brokers))),
  );
  const parts = await Promise.all([redis, rabbitmq, postgres, gateways, workers]);
  return describeCluster(plan, ...parts);
}

function startGateway(
  context: LaunchContext,
  plan: LaunchPlan,
  index: number,
  rabbitmq: RunningRabbitmq,
  redis: RunningRedis,
) {
  const id = `gateway-${index}`;
  const urls = { amqpUrl: rabbitmq.url, redisUrl: redis.url };
  const config = { id, ...LOOPBACK, ...urls, partitions: countPartitions(plan), hops: plan.hops };
  return startNodeComponent(
    context,
    { name: id, entry: resolveEntry('gateway/gateway-process'), config },
    gatewayReady,
  );
}

function startWorker(
  context: LaunchContext,
  plan: LaunchPlan,
  index: number,
  rabbitmq: RunningRabbitmq,
  redis: RunningRedis,
  postgres: RunningPostgres,
) {
  const id = `worker-${index}`;
  const urls = { amqpUrl: rabbitmq.url, redisUrl: redis.url, postgresUrl: postgres.url };
  const config = { id, index, workers: plan.workers, ...LOOPBACK, ...urls, partitions: countPartitions(plan) };
  return startNodeComponent(context, { name: id, entry: resolveEntry('worker/worker-process'), config }, workerReady);
}

const LOOPBACK = { host: '127.0.0.1', port: 0 } as const;

function countPartitions(plan: LaunchPlan): number {
  return Math.max(1, plan.workers);
}

function startEach<T>(count: number, start: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => start(index)));
}

function describeCluster(
  plan: LaunchPlan,
  redis: RunningRedis,
  rabbitmq: RunningRabbitmq,
  postgres: RunningPostgres,
  gateways: readonly { readonly endpoint: string; readonly stats: string }[],
  workers: readonly { readonly stats: string }[],
): TargetFacts {
  const components = [
    { name: 'redis', version: redis.version },
    { name: 'rabbitmq', version: rabbitmq.version },
    { name: 'erlang', version: rabbitmq.erlangVersion },
    { name: 'postgres', version: postgres.version },
    { name: 'node', version: process.versions.node },
  ];
  return {
    description: { kind: 'local', topology: 'worker', gateways: plan.gateways, workers: plan.workers, components },
    endpoints: gateways.map(({ endpoint }) => endpoint),
    queue: {
      kind: 'amqp',
      url: rabbitmq.url,
      queues: Array.from({ length: countPartitions(plan) }, (_, partition) => `chat.p${partition}`),
      workerStats: workers.map(({ stats }) => stats),
      gatewayStats: gateways.map(({ stats }) => stats),
    },
  };
}
