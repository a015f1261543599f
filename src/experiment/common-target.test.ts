import { describe, expect, it } from 'vitest';
import type { RunResult } from '../result/run-result.ts';
import { commonTarget } from './common-target.ts';

const worker: RunResult['target'] = {
  kind: 'local',
  topology: 'worker',
  queueType: 'classic',
  gateways: 2,
  workers: 2,
  components: [
    { name: 'redis', version: '7.0.15' },
    { name: 'rabbitmq', version: '4.0.5' },
  ],
};

describe('the common target of several steps', () => {
  it('is the target itself where all had the same', () => {
    expect(commonTarget([worker, { ...worker, components: [...worker.components] }])).toEqual(worker);
  });

  it('says nothing of what differs, nor of a component that only some had', () => {
    const pubsub = { ...worker, topology: 'pubsub', queueType: null, workers: 0, components: [worker.components[0]!] };
    expect(commonTarget([worker, pubsub])).toEqual({
      kind: 'local',
      topology: null,
      queueType: null,
      gateways: 2,
      workers: null,
      components: [{ name: 'redis', version: '7.0.15' }],
    });
    expect(commonTarget([worker, { ...worker, kind: 'embedded' }]).kind).toBeNull();
  });

  it('names every public host', () => {
    const [one, other] = ['a.example', 'b.example'].map((host) => ({ ...worker, publicHosts: [host] }));
    expect(commonTarget([one!, worker, other!]).publicHosts).toEqual(['a.example', 'b.example']);
  });
});
