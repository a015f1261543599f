import { expect, it } from 'vitest';
import { findPortRange } from '../../../launch/machine/find-port-range.ts';
import { measurePreset } from '../../../testing/measure-preset.ts';
import { startProgram } from '../../../testing/programs.ts';

it('nats-server brings 5,000 messages/s to all subscribers, each once', async () => {
  const port = await findPortRange(2);
  const configuration = `
host: 127.0.0.1, port: ${port}
websocket { host: 127.0.0.1, port: ${port + 1}, no_tls: true }
`;
  const server = await startProgram('nats-server', () => ['-c', 'nats.conf'], [port, port + 1], {
    'nats.conf': configuration,
  });
  try {
    const target = `ws://127.0.0.1:${port + 1}`;
    const change = (text: string) => `${text}sender-receives: false\n`;
    const { deliveries } = await measurePreset('nats', target, { rate: 5000, clients: 50, change });
    expect(deliveries).toMatchObject({ expected: 25_000, lost: 0 });
    await measurePreset('nats', target);
  } finally {
    await server.stop();
  }
});
