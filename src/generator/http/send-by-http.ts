import type { Shard } from '../../plan/run-plan.ts';
import type { ChatProtocol } from '../../protocol/chat-protocol.ts';
import { createMarker } from '../../record/marker.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { Connector } from '../connection.ts';
import type { ShardEnvironment } from '../shard-environment.ts';
import { createHttpConnector } from './http-connector.ts';
import { createHttpSender } from './http-sender.ts';

/** Messages go out as HTTP requests. The same for all clients and messages of a protocol, so that one template tells. */
export function sendsByHttp({ plan, index }: Shard, protocol: ChatProtocol, endpoints: readonly string[]): boolean {
  const client = { client: 0, room: 0, endpoint: endpoints[0]! };
  return (
    protocol.encodeSend(client, createMarker(plan.runId, index), plan.load.payloads[0]!.bytes).request !== undefined
  );
}

export interface HttpSending {
  readonly connector: Connector;
  close(): Promise<void>;
}

/**
 * What a connector opens, with messages as HTTP requests whose answers are their acknowledgements.
 *
 * @param runUs µs since run start
 */
export function openHttpSending(
  wire: Connector,
  environment: Pick<ShardEnvironment, 'deliveryTimeoutUs' | 'hosts'>,
  recorder: Recorder,
  runUs: () => number,
): HttpSending {
  const requests = createHttpSender(environment.deliveryTimeoutUs, environment.hosts);
  const connector = createHttpConnector(wire, requests, {
    onAnswer(sequence, outcome, _status, text) {
      if (outcome === 'taken') recorder.acknowledged(sequence, runUs(), null);
      else if (outcome === 'limited') recorder.limited(sequence, text);
      else recorder.refused(sequence, text);
    },
  });
  return { connector, close: () => requests.close() };
}
