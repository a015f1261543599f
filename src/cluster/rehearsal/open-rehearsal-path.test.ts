import { expect, test } from 'vitest';
import { gatewayConfig } from '../gateway/gateway-config.ts';
import { openRehearsalPath } from './open-rehearsal-path.ts';

const NOWHERE = { id: 'g', host: '127.0.0.1', port: 0, redisUrl: 'redis://127.0.0.1:1' };

test.each([
  ['pubsub', 'postgresUrl'],
  ['pattern', 'postgresUrl'],
  ['worker', 'amqpUrl'],
  ['fanout', 'amqpUrl'],
])('a broker of %s that the configuration does not name is sought nowhere else: %s', async (topology, key) => {
  const opening = openRehearsalPath(gatewayConfig.parse({ ...NOWHERE, topology }), 'rehearsal-1', []);
  await expect(opening).rejects.toThrow(`topology ${topology}: expected ${key} in the configuration`);
});
