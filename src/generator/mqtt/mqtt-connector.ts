import type { Opening } from '../../protocol/chat-protocol.ts';
import type { ConnectionListener, ConnectOutcome, Connector } from '../connection.ts';
import type { HostGuard } from '../hosts/host-guard.ts';
import { explainFailure } from '../socket/describe-end.ts';
import { createWebSocketConnector } from '../socket/web-socket-connector.ts';
import type { ByteLink } from './byte-link.ts';
import { MqttConnection } from './mqtt-connection.ts';
import { openTcpLink } from './tcp-link.ts';

/**
 * Clients of an MQTT broker, over a WebSocket (ws:// and wss://, subprotocol mqtt) or a socket of their own (mqtt:// and mqtts://). A
 * client is connected once the broker has accepted it, and then asks for its topic by itself.
 */
export function createMqttConnector(sourceAddress: string | null, hosts: HostGuard): Connector {
  const sockets = createWebSocketConnector(sourceAddress, hosts);
  return {
    connect: (opening, timeoutUs, listener) =>
      /^wss?:/i.test(opening.url)
        ? connectByWebSocket(sockets, opening, timeoutUs, listener)
        : connectByTcp(sourceAddress, hosts, opening, timeoutUs, listener),
  };
}

async function connectByWebSocket(
  sockets: Connector,
  opening: Opening,
  timeoutUs: number,
  listener: ConnectionListener,
): Promise<ConnectOutcome> {
  const mqtt = new MqttConnection(opening.mqtt!, listener);
  const deadlineMs = performance.now() + timeoutUs / 1000;
  const outcome = await sockets.connect({ ...withoutSteps(opening), isBinary: true }, timeoutUs, {
    onFrame: (frame) => mqtt.take(Buffer.from(frame)),
    onClose: (reason, code) => mqtt.end({ outcome: 'closed', detail: reason }, code),
  });
  if (outcome.outcome !== 'ok') return outcome;
  const { connection } = outcome;
  const link: ByteLink = {
    get isOpen() {
      return connection.isOpen;
    },
    get bufferedBytes() {
      return connection.bufferedBytes;
    },
    write: (bytes) => connection.sendText(bytes, true),
    pause: () => connection.pauseReading(),
    resume: () => connection.resumeReading(),
    close: () => connection.close(),
  };
  return mqtt.begin(link, deadlineMs - performance.now());
}

/** Its frames are read when the broker has let the client in, not when the WebSocket is open. */
function withoutSteps({ url, subprotocols, headers, isCompressed }: Opening): Opening {
  return { url, subprotocols, headers, frames: [], readyFrames: 0, ...(isCompressed ? { isCompressed } : {}) };
}

async function connectByTcp(
  sourceAddress: string | null,
  hosts: HostGuard,
  opening: Opening,
  timeoutUs: number,
  listener: ConnectionListener,
): Promise<ConnectOutcome> {
  const mqtt = new MqttConnection(opening.mqtt!, listener);
  const deadlineMs = performance.now() + timeoutUs / 1000;
  const link = await openTcpLink(opening.url, sourceAddress, hosts, timeoutUs / 1000, {
    onBytes: (bytes) => mqtt.take(bytes),
    onEnd: (error) => mqtt.end(explainFailure(error)),
  });
  return 'outcome' in link ? link : mqtt.begin(link, deadlineMs - performance.now());
}
