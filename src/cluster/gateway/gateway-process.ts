import { awaitBrokers } from '../await-brokers.ts';
import { plantInPath, plantInRateLimit } from '../defects/plant-defect.ts';
import { openPath } from '../paths/open-path.ts';
import { rehearseGateway } from '../rehearsal/rehearse-gateway.ts';
import { type RunningChild, runChild, tellWaiting } from '../run-child.ts';
import { openFeatures } from './features/open-features.ts';
import { startGateway } from './gateway.ts';
import { type GatewayConfig, type GatewayReady, gatewayConfig } from './gateway-config.ts';

/** Short enough for a run that restarts gateways. */
const DRAIN_MS = 1_500;

await runChild(gatewayConfig, start);

async function start(config: GatewayConfig, fail: (reason: unknown) => void): Promise<RunningChild> {
  const { defect = null, amqpUrl, redisUrl, postgresUrl, stompUrl, drainMs = DRAIN_MS } = config;
  await awaitBrokers([amqpUrl, redisUrl, postgresUrl, stompUrl], config.startPatienceMs, tellWaiting(config.id));
  await rehearseGateway(config);
  const rateLimit = plantInRateLimit(defect, config.rateLimit);
  const [opened, features] = await Promise.all([openPath(config, fail), openFeatures({ ...config, rateLimit }, fail)]);
  const path = plantInPath(defect, opened.path);
  const gateway = await startGateway({ ...config, drainMs, brokers: opened.brokers }, path, features.ports);
  const ready: GatewayReady = { type: 'ready', endpoint: gateway.endpoint, stats: gateway.stats };
  return {
    ready,
    drainMs,
    async stop() {
      await gateway.stop();
      await Promise.all([opened.close(), features.close()]);
    },
  };
}
