import { expect, it } from 'vitest';
import type { ObservationRequest } from '../../sampler/observe/access.ts';
import { findPeers } from './find-peers.ts';

const description = { topology: null, queueType: null, gateways: null, workers: null, components: [] };
const queue: ObservationRequest = {
  name: 'queue',
  everyUs: 100_000,
  source: { kind: 'amqp', url: 'amqp://guest@localhost/', queues: ['jobs'], management: null, prometheus: null },
};

function portsAsked(kind: 'external' | 'local', url: string, observed: readonly ObservationRequest[]) {
  let asked: unknown = null;
  findPeers({ description: { ...description, kind }, endpoints: [url] }, observed, (served, brokers) => {
    asked = { served, brokers };
    return [];
  });
  return asked;
}

it.each([
  ['of this machine', 'ws://127.0.0.1:8080/chat', [queue], { served: [8080], brokers: [5672] }],
  ['by another name of it', 'wss://[::1]', [], { served: [443], brokers: [] }],
  ['elsewhere, with its queue here', 'wss://chat.example.com', [queue], { served: [], brokers: [5672] }],
  ['elsewhere', 'wss://chat.example.com', [], null],
] as const)('looks for who serves and works for a target %s', (_, url, observed, ports) => {
  expect(portsAsked('external', url, observed)).toEqual(ports);
});

it('does not look for what it has started itself', () => {
  expect(portsAsked('local', 'ws://127.0.0.1:8080', [queue])).toBeNull();
});
