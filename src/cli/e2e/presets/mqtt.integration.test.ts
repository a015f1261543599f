import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { findPortRange } from '../../../launch/machine/find-port-range.ts';
import { measurePreset } from '../../../testing/measure-preset.ts';
import { type RunningProgram, startProgram } from '../../../testing/programs.ts';

const version5 = (text: string) => text.replace("version: '3.1.1'", "version: '5'");
const qos0 = (text: string) => text.replace("qos: '1'", "qos: '0'");

describe('mosquitto', () => {
  let mosquitto: RunningProgram;
  let tcp: number;
  let webSocket: number;

  beforeAll(async () => {
    tcp = await findPortRange(2);
    webSocket = tcp + 1;
    const configuration = [
      `listener ${tcp} 127.0.0.1`,
      `listener ${webSocket} 127.0.0.1`,
      'protocol websockets',
      'allow_anonymous true',
      'max_queued_messages 0',
    ];
    mosquitto = await startProgram('mosquitto', () => ['-c', 'mosquitto.conf'], [tcp, webSocket], {
      'mosquitto.conf': configuration.join('\n'),
    });
  });

  afterAll(() => mosquitto?.stop());

  it.concurrent('brings each message once to each subscriber, over a WebSocket', async () => {
    const { messages } = await measurePreset('mqtt', `ws://127.0.0.1:${webSocket}`);
    expect(messages.acked).toBe(1500);
  });

  it.concurrent('does over TCP in version 5, the own ones aside where that is asked for', async () => {
    const change = (text: string) => `${version5(text)}sender-receives: false\n`;
    const { messages, deliveries } = await measurePreset('mqtt', `mqtt://127.0.0.1:${tcp}`, { change });
    expect(messages.acked).toBe(1500);
    expect(deliveries.expected).toBe(1500);
  });

  it.concurrent('acknowledges nothing at QoS 0', async () => {
    const { messages } = await measurePreset('mqtt', `mqtt://127.0.0.1:${tcp}`, { change: qos0 });
    expect(messages.acked).toBe(0);
  });
});

describe('aedes', () => {
  it.concurrent.each(['mqtt', 'ws'])('brings each message once to each subscriber, over %s://', async (scheme) => {
    const broker = await Aedes.createBroker();
    const server = createServer(broker.handle).listen(0, '127.0.0.1');
    const http = createHttp().listen(0, '127.0.0.1');
    const sockets = new WebSocketServer({ server: http });
    sockets.on('connection', (socket, request) => broker.handle(createWebSocketStream(socket) as never, request));
    await Promise.all([once(server, 'listening'), once(http, 'listening')]);
    const portOf = (listening: { address(): unknown }) => (listening.address() as AddressInfo).port;
    try {
      await measurePreset('mqtt', `${scheme}://127.0.0.1:${portOf(scheme === 'ws' ? http : server)}`);
    } finally {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
      server.close();
      broker.close();
    }
  });
});
