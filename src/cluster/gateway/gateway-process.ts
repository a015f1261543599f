import { awaitBrokers } from '../await-brokers.ts';
import { plantInPath, plantInRateLimit } from '../defects/plant-defect.ts';
import { openPath } from '../paths/open-path.ts';
import { type RunningChild, runChild, tellWaiting } from '../run-child.ts';
import { openFeatures } from './features/open-features.ts';
import { startGateway } from './gateway.ts';
import { type GatewayConfig, type GatewayReady, gatewayConfig } from './gateway-config.ts';

await runChild(gatewayConfig, start);

async function start(config: GatewayConfig, fail: (reason: unknown) => void): Promise<RunningChild> {
  const { defect = null, amqpUrl, redisUrl, postgresUrl, stompUrl } = config;
  await awaitBrokers([amqpUrl, redisUrl, postgresUrl, stompUrl], config.startPatienceMs, tellWaiting(config.id));
  const rateLimit = plantInRateLimit(defect, config.rateLimit);
  const [opened, features] = await Promise.all([openPath(config, fail), openFeatures({ ...config, rateLimit }, fail)]);
  const path = plantInPath(defect, opened.path);
  const gateway = await startGateway({ ...config, brokers: opened.brokers }, path, features.ports);
  const ready: GatewayReady = { type: 'ready', endpoint: gateway.endpoint, stats: gateway.stats };
  return {
    ready,
    async stop() {
      await gateway.stop();
      await Promise.all([opened.close(), features.close()]);
    },
  };
}
