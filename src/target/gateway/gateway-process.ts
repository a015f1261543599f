import { openPath } from '../paths/open-path.ts';
import { type RunningChild, runChild } from '../run-child.ts';
import { startGateway } from './gateway.ts';
import { type GatewayConfig, type GatewayReady, gatewayConfig } from './gateway-config.ts';

await runChild(gatewayConfig, start);

async function start(config: GatewayConfig, fail: (reason: unknown) => void): Promise<RunningChild> {
  const opened = await openPath(config, fail);
  const gateway = await startGateway(config, opened.path);
  const ready: GatewayReady = { type: 'ready', endpoint: gateway.endpoint, stats: gateway.stats };
  return {
    ready,
    async stop() {
      await gateway.stop();
      await opened.close();
    },
  };
}
