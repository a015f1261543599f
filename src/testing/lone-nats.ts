import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { findPortRange } from '../launch/machine/find-port-range.ts';
import { answers, endChild } from './services.ts';

export interface LoneNats {
  /** Of its monitoring endpoint. */
  readonly monitorPort: number;
  /** Its one stream, CHAT, with its one consumer, workers, comes to have so many messages, of which that one got none. */
  fill(messages: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a NATS server with JetStream and nothing else. */
export async function startLoneNats(): Promise<LoneNats> {
  const directory = mkdtempSync(join(tmpdir(), 'chatbench-nats-'));
  const port = await findPortRange(2);
  const options = ['--addr', '127.0.0.1', '--port', `${port}`, '--http_port', `${port + 1}`, '-js', '-sd', directory];
  const child = spawn('nats-server', options, { stdio: 'ignore' });
  await answers(port, 'PING\r\n');
  await answers(port + 1, 'GET /varz HTTP/1.0\r\n\r\n');
  const connection = await connect({ servers: `nats://127.0.0.1:${port}` });
  const ask = async (subject: string, body: object): Promise<void> => {
    const answer = await connection.request(`$JS.API.${subject}`, JSON.stringify(body), { timeout: 5_000 });
    const { error } = answer.json<{ error?: { description: string } }>();
    if (error !== undefined) throw new Error(`${subject}: ${error.description}`);
  };
  await ask('STREAM.CREATE.CHAT', { name: 'CHAT', subjects: ['chat'], retention: 'limits', storage: 'memory' });
  await ask('CONSUMER.DURABLE.CREATE.CHAT.workers', {
    stream_name: 'CHAT',
    config: { durable_name: 'workers', ack_policy: 'explicit', deliver_policy: 'all' },
  });
  return {
    monitorPort: port + 1,
    async fill(messages) {
      await ask('STREAM.PURGE.CHAT', {});
      for (let sent = 0; sent < messages; sent++) await connection.request('chat', 'x', { timeout: 5_000 });
    },
    async stop() {
      await connection.close();
      await endChild(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
