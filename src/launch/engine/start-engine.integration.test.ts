import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { findFreePort } from '../machine/free-port.ts';
import { startEngine } from './start-engine.ts';

const HOST = '127.0.0.1';

it('listens where it was asked to, and is gone when it is stopped', async () => {
  const port = await findFreePort();
  const engine = await startEngine({ host: HOST, port, security: null });
  expect(engine.url).toBe(`nats://${HOST}:${port}`);
  await engine.stop();
  // Its address is free again.
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  server.close();
});

it('says who to ask where somebody else listens there', async () => {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await expect(startEngine({ host: HOST, port, security: null })).rejects.toMatchObject({
    code: 'target-unavailable',
    message: `${HOST}:${port} is in use: nats-server cannot listen there`,
    hint: expect.stringContaining(`--engine nats://${HOST}:${port}`),
  });
  server.close();
});

it('takes no other NATS server for its own', async () => {
  const port = await findFreePort();
  const other = await startEngine({ host: HOST, port, security: null });
  await expect(startEngine({ host: HOST, port, security: null })).rejects.toMatchObject({
    message: `${HOST}:${port} is in use: nats-server cannot listen there`,
  });
  await other.stop();
});
