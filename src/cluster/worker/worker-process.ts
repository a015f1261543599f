import { openPostgresStore } from '../adapters/postgres/postgres-store.ts';
import { openAmqpConsumer } from '../adapters/rabbitmq/amqp-consumer.ts';
import { openAmqpPublisher } from '../adapters/rabbitmq/amqp-publisher.ts';
import { awaitBrokers } from '../await-brokers.ts';
import { plantInWorker } from '../defects/plant-defect.ts';
import { rehearseWorker } from '../rehearsal/rehearse-worker.ts';
import { type RunningChild, runChild, tellWaiting } from '../run-child.ts';
import { PREFETCH_ENTRIES } from './batch-loop.ts';
import { openOutlet } from './open-outlet.ts';
import { startWorker } from './worker.ts';
import { type WorkerConfig, type WorkerReady, workerConfig } from './worker-config.ts';

await runChild(workerConfig, start);

async function start(config: WorkerConfig, fail: (reason: unknown) => void): Promise<RunningChild> {
  const { amqpUrl, postgresUrl, partitions, queueType, defect = null } = config;
  await awaitBrokers([amqpUrl, config.redisUrl, postgresUrl], config.startPatienceMs, tellWaiting(config.id));
  await rehearseWorker(config);
  // What that defect acknowledges has to be gone from the queue; held back it would come again.
  const ackAtOnce = defect === 'early-ack';
  const [consumer, outlet, store] = await Promise.all([
    openAmqpConsumer({ url: amqpUrl, partitions, queueType, prefetch: PREFETCH_ENTRIES, ackAtOnce, onLost: fail }),
    openOutlet(config, fail),
    openPostgresStore(postgresUrl),
  ]);
  const { routing, bus } = outlet;
  const brokers = [
    { name: 'rabbitmq', ping: () => consumer.ping() },
    ...outlet.brokers,
    { name: 'postgres', ping: () => store.ping() },
  ];
  const ports = await plantInWorker(defect, { consumer, store, attempts: store.attempts, routing, bus }, () =>
    openAmqpPublisher({ url: amqpUrl, partitions, queueType, onLost: fail }),
  );
  const worker = await startWorker(
    { ...config, peers: consumer, brokers, gauges: outlet.gauges, publishesOverRedis: config.topology === 'worker' },
    ports,
    fail,
  );
  const ready: WorkerReady = { type: 'ready', stats: worker.stats };
  return {
    ready,
    async stop() {
      await worker.stop();
      await Promise.all([consumer.close(), store.close()]);
      await outlet.close();
    },
  };
}
