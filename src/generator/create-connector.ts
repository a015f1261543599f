import type { Transport } from '../choices.ts';
import type { Connector } from './connection.ts';
import type { HostGuard } from './hosts/host-guard.ts';
import { createMqttConnector } from './mqtt/mqtt-connector.ts';
import { createWebSocketConnector } from './socket/web-socket-connector.ts';
import { createEnginePollingConnector } from './streams/engine-polling-connector.ts';
import { createEventStreamConnector } from './streams/event-stream-connector.ts';
import { createLongPollConnector } from './streams/long-poll-connector.ts';

/** @param sourceAddress where all connections come from; null: the system chooses */
export function createConnector(transport: Transport, sourceAddress: string | null, hosts: HostGuard): Connector {
  if (transport === 'sse') return createEventStreamConnector(sourceAddress, hosts);
  if (transport === 'long-poll') return createLongPollConnector(sourceAddress, hosts);
  if (transport === 'mqtt') return createMqttConnector(sourceAddress, hosts);
  if (transport === 'engine-io') return createEnginePollingConnector(sourceAddress, hosts);
  return createWebSocketConnector(sourceAddress, hosts);
}
