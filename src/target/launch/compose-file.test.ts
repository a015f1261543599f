import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { gatewayConfig } from '../gateway/gateway-config.ts';
import { workerConfig } from '../worker/worker-config.ts';

const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string().regex(/^(?:chatbench-target|[a-z]+:\d+(?:\.\d+)?-[a-z]+)$/),
      healthcheck: z.object({ test: z.array(z.string()).min(2) }),
      ports: z.array(z.string()).optional(),
      command: z.array(z.string()).optional(),
    }),
  ),
});

const text = readFileSync(new URL('../../../docker-compose.target.yml', import.meta.url), 'utf8');
const { services } = composeFile.parse(parse(text, { merge: true }));

test('it holds the parts of the reference cluster, each with a pinned image and a health check', () => {
  expect(Object.keys(services).sort()).toEqual(['gateway', 'postgres', 'rabbitmq', 'redis', 'worker']);
});

test('every published port is on loopback', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(0);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('gateways and workers are given a configuration that they accept', () => {
  expect(gatewayConfig.safeParse(readConfig('gateway')).error).toBeUndefined();
  expect(workerConfig.safeParse(readConfig('worker')).error).toBeUndefined();
});

test('the configuration that is given binds the port which is published and probed', () => {
  for (const name of ['gateway', 'worker']) {
    expect(readConfig(name)).toMatchObject({ host: '0.0.0.0', port: 8080 });
    expect(services[name]?.ports).toEqual(['127.0.0.1::8080']);
    expect(services[name]?.healthcheck.test.join(' ')).toContain('127.0.0.1:8080/healthz');
  }
});

/** The JSON of the start-up script, as a shell would expand it for one worker that is the first of its service. */
function readConfig(service: string): unknown {
  const script = services[service]?.command?.[2] ?? '';
  const json = /CHATBENCH_CONFIG="(.*)"$/m.exec(script)?.[1] ?? '';
  const expanded = json
    .replaceAll('$$((number - 1))', '0')
    .replaceAll('$$(hostname)', 'c0ffee')
    .replaceAll('$$WORKERS', '1')
    .replaceAll(/\$\$\w+/g, 'word');
  return JSON.parse(expanded.replaceAll('\\"', '"'));
}
