import { z } from 'zod';
import { hasWorkers } from '../../choices.ts';
import type { BreakableBrokers } from '../../cluster/adapters/break-connections.ts';
import { DEAD_LETTERS, listQueues } from '../../cluster/adapters/rabbitmq/amqp-topology.ts';
import { PARTITIONS } from '../../cluster/ports/partitions.ts';
import { asOperator } from '../as-operator.ts';
import type { LaunchPlan, TargetFacts } from '../launch-plan.ts';
import type { LocalBinaries } from '../machine/find-binaries.ts';
import type { LaunchContext } from './start-component.ts';
import { type RunningNginx, startNginx } from './start-nginx.ts';
import { resolveEntry, startNodeComponent } from './start-node-component.ts';
import { type RunningPostgres, startPostgres } from './start-postgres.ts';
import { type RunningRabbitmq, startRabbitmq } from './start-rabbitmq.ts';
import { type RunningRedis, startRedis } from './start-redis.ts';

const gatewayReady = z.object({ type: z.literal('ready'), endpoint: z.string(), stats: z.string() });
const workerReady = z.object({ type: z.literal('ready'), stats: z.string() });

export type FoundBinaries = {
  readonly [Name in Exclude<keyof LocalBinaries, 'nginx' | 'rabbitmq'>]: NonNullable<LocalBinaries[Name]>;
} & Pick<LocalBinaries, 'nginx' | 'rabbitmq'>;

/** What gateways and workers connect to. */
interface Brokers {
  readonly redis: RunningRedis;
  /** Null where the topology has no workers. */
  readonly rabbitmq: RunningRabbitmq | null;
  readonly postgres: RunningPostgres;
}

/** Starts brokers in parallel, and each gateway and worker as soon as what it needs is up. */
export async function startLocalCluster(
  context: LaunchContext,
  binaries: FoundBinaries,
  plan: LaunchPlan,
  onProgress: (component: string) => void,
): Promise<{ readonly facts: TargetFacts; readonly brokers: BreakableBrokers }> {
  const track = <T>(component: string, starting: Promise<T>) =>
    starting.then((value) => {
      onProgress(component);
      return value;
    });
  const starting = {
    redis: track('redis', startRedis(context, binaries.redis)),
    rabbitmq:
      binaries.rabbitmq === null || !hasWorkers(plan.topology)
        ? null
        : track('rabbitmq', startRabbitmq(context, binaries.rabbitmq, { stomp: plan.topology === 'stomp' })),
    postgres: track('postgres', startPostgres(context, binaries.postgresDirectory)),
  };
  const brokers = Promise.all([starting.redis, starting.rabbitmq, starting.postgres]).then(
    ([redis, rabbitmq, postgres]): Brokers => ({ redis, rabbitmq, postgres }),
  );
  const gateways = brokers.then((urls) =>
    startEach(plan.gateways, (index) => track(`gateway-${index + 1}`, startGateway(context, plan, index, urls))),
  );
  const workers = brokers.then((urls) =>
    startEach(plan.workers, (index) => track(`worker-${index + 1}`, startWorker(context, plan, index, urls))),
  );
  const nginx = gateways.then((started) =>
    binaries.nginx === null || plan.balance === 'none'
      ? null
      : track('nginx', startNginx(context, binaries.nginx, plan.balance, started)),
  );
  const parts = await Promise.all([brokers, gateways, workers, nginx]);
  const { redis, rabbitmq, postgres } = parts[0];
  const processes = [...context.supervision.components].map(([name, { process }]) => ({
    name,
    pid: process.identity.pid,
  }));
  return {
    facts: { ...describeCluster(plan, ...parts), processes },
    brokers: {
      redisUrl: redis.url,
      postgresUrl: postgres.url,
      disconnectAmqp: rabbitmq === null ? null : () => rabbitmq.disconnect(),
    },
  };
}

function startGateway(context: LaunchContext, plan: LaunchPlan, index: number, brokers: Brokers) {
  const id = `gateway-${index + 1}`;
  const { hops, rateLimit, tokenKey } = plan;
  const config = {
    id,
    ...LOOPBACK,
    ...describePath(plan, brokers),
    hops,
    rateLimit: rateLimit ?? undefined,
    tokenKey: tokenKey ?? undefined,
  };
  return startNodeComponent(
    context,
    { name: id, entry: resolveEntry('cluster/gateway/gateway-process'), config },
    gatewayReady,
  );
}

function startWorker(context: LaunchContext, plan: LaunchPlan, index: number, brokers: Brokers) {
  const id = `worker-${index + 1}`;
  const { stompUrl: _, ...path } = describePath(plan, brokers);
  const config = { id, ...LOOPBACK, ...path, tokenKey: plan.tokenKey ?? undefined };
  return startNodeComponent(
    context,
    { name: id, entry: resolveEntry('cluster/worker/worker-process'), config },
    workerReady,
  );
}

/** Which way messages take, and where its brokers are. */
function describePath(plan: LaunchPlan, { redis, rabbitmq, postgres }: Brokers) {
  return {
    topology: plan.topology,
    queueType: plan.queueType,
    amqpUrl: rabbitmq?.url,
    stompUrl: rabbitmq?.stompUrl ?? undefined,
    redisUrl: redis.url,
    postgresUrl: postgres.url,
    defect: plan.defect,
  };
}

const LOOPBACK = { host: '127.0.0.1', port: 0 } as const;

function startEach<T>(count: number, start: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => start(index)));
}

function describeCluster(
  plan: LaunchPlan,
  { redis, rabbitmq, postgres }: Brokers,
  gateways: readonly { readonly endpoint: string; readonly stats: string }[],
  workers: readonly { readonly stats: string }[],
  nginx: RunningNginx | null,
): Omit<TargetFacts, 'processes'> {
  const components = [
    { name: 'redis', version: redis.version },
    ...(rabbitmq === null
      ? []
      : [
          { name: 'rabbitmq', version: rabbitmq.version },
          { name: 'erlang', version: rabbitmq.erlangVersion },
        ]),
    { name: 'postgres', version: postgres.version },
    { name: 'node', version: process.versions.node },
    ...(nginx === null ? [] : [{ name: 'nginx', version: nginx.version }]),
  ];
  const { balance, topology, rateLimit, defect, tokenKey } = plan;
  const queueType = rabbitmq === null ? null : plan.queueType;
  const size = { gateways: plan.gateways, workers: plan.workers };
  return {
    description: { kind: 'local', topology, queueType, ...size, components },
    balance,
    rateLimit,
    defect,
    tokenKey,
    endpoints: nginx === null ? gateways.map(({ endpoint }) => endpoint) : [nginx.endpoint],
    gatewayStats: gateways.map(({ stats }) => asOperator(stats, tokenKey)),
    queue:
      rabbitmq === null
        ? null
        : {
            kind: 'amqp',
            url: rabbitmq.url,
            queues: listQueues(PARTITIONS),
            deadLetters: DEAD_LETTERS,
            workerStats: workers.map(({ stats }) => asOperator(stats, tokenKey)),
          },
  };
}
