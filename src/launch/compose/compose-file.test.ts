import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { gatewayConfig } from '../../cluster/gateway/gateway-config.ts';
import { workerConfig } from '../../cluster/worker/worker-config.ts';
import { renderNginxConfig } from '../local/nginx-config.ts';

const ROOT = new URL('../../../', import.meta.url);

const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      // Postgres has no third number.
      image: z
        .string()
        .regex(/^(?:chatbench-target|postgres:\d+\.\d+-alpine|[a-z]+(?:\/[a-z]+)?:v?\d+\.\d+\.\d+(?:-[a-z]+)?)$/),
      healthcheck: z.object({ test: z.array(z.string()).min(2) }),
      ports: z.array(z.string()).optional(),
      build: z.object({ dockerfile_inline: z.string() }).optional(),
      command: z.array(z.string()).optional(),
      volumes: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

const text = readRoot('docker-compose.target.yml');
const { services } = composeFile.parse(parse(text, { merge: true }));

function readRoot(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

test('it holds the parts of the reference cluster and those who watch it, each pinned and with a health check', () => {
  expect(Object.keys(services).sort()).toEqual([
    'gateway',
    'grafana',
    'nginx',
    'postgres',
    'prometheus',
    'rabbitmq',
    'redis',
    'worker',
  ]);
  for (const { image } of Object.values(services)) expect(image).not.toContain('latest');
});

test('every published port is on loopback', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(0);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('a service that a run knows by its port can be told to keep it', () => {
  const variables = Object.entries(services).flatMap(([name, { ports = [] }]) =>
    ports
      .flatMap((port) => /^127\.0\.0\.1:\$\{(\w+):-\}:\d+$/.exec(port)?.[1] ?? [])
      .map((variable) => [name, variable]),
  );
  expect(Object.fromEntries(variables)).toEqual({
    gateway: 'CHATBENCH_GATEWAY_PORTS',
    nginx: 'CHATBENCH_NGINX_PORT',
    rabbitmq: 'CHATBENCH_RABBITMQ_PORT',
    worker: 'CHATBENCH_WORKER_PORTS',
  });
});

test('no password stands in it: each is the one that must be given', () => {
  const secrets = [...text.matchAll(/^.*(?:PASS|PASSWORD|AUTH): (.*)$/gm)].map(([, value = '']) =>
    value.replace(/:\?[^}]*/, ''),
  );
  expect(secrets.length).toBeGreaterThanOrEqual(5);
  for (const secret of secrets) expect(secret).toBe(`$${'{CHATBENCH_PASSWORD}'}`);
  expect(text).toContain(`$${'{CHATBENCH_PASSWORD:?'}`);
});

test('gateways and workers are given a configuration that they accept', () => {
  expect(gatewayConfig.safeParse(readConfig('gateway')).error).toBeUndefined();
  expect(workerConfig.safeParse(readConfig('worker')).error).toBeUndefined();
  expect(gatewayConfig.parse(readConfig('gateway', 'k'.repeat(43))).tokenKey).toBe('k'.repeat(43));
  expect(workerConfig.parse(readConfig('worker', 'k'.repeat(43))).tokenKey).toBe('k'.repeat(43));
});

test('the configuration that is given binds the port which is published and probed', () => {
  for (const name of ['gateway', 'worker']) {
    expect(readConfig(name)).toMatchObject({ host: '0.0.0.0', port: 8080 });
    // Docker's own choice where the variable is not set.
    expect(services[name]?.ports).toEqual([`127.0.0.1:$${`{CHATBENCH_${name.toUpperCase()}_PORTS:-}`}:8080`]);
    expect(services[name]?.healthcheck.test.join(' ')).toMatch(/\/127\.0\.0\.1\/8080\b.*GET \/health /s);
  }
});

test('every file that is mounted is there, and is published with the package', () => {
  const { files } = JSON.parse(readRoot('package.json')) as { files: string[] };
  const mounted = Object.values(services).flatMap(({ volumes }) => (volumes ?? []).map((it) => it.split(':')[0] ?? ''));
  expect(mounted).toHaveLength(7);
  for (const path of mounted) {
    expect(existsSync(new URL(path, ROOT)), path).toBe(true);
    expect(
      files.some((file) => path.startsWith(`./${file}`)),
      path,
    ).toBe(true);
  }
  expect(files).toEqual(expect.arrayContaining(['dist', 'deploy', 'docker-compose.target.yml', '.dockerignore']));
});

test('the image is made of what is published with the package, and of what the engine is sent', () => {
  const { files } = JSON.parse(readRoot('package.json')) as { files: string[] };
  const sent = readRoot('.dockerignore').match(/(?<=^!).*$/gm) ?? [];
  const copied = services.gateway?.build?.dockerfile_inline.match(/(?<=^COPY ).*(?= \S+$)/gm);
  const paths = (copied ?? []).flatMap((line) => line.split(' ')).map((path) => path.replace(/\*$/, ''));
  expect(paths).toEqual(['package.json', 'package-lock.json', 'dist']);
  for (const path of paths) {
    expect(sent).toContain(path);
    // npm publishes the first by itself; the second is there in a checkout only.
    expect([...files, 'package.json', 'package-lock.json']).toContain(path);
  }
});

test('nginx does in a container what it does in the local target', () => {
  const inContainer = readDirectives(readRoot('deploy/compose/nginx.conf.template'));
  const settings = {
    home: '/home',
    port: 1,
    balance: 'round-robin',
    gateways: [],
    probePath: '/',
    openFiles: null,
  } as const;
  const local = readDirectives(renderNginxConfig(settings));
  // Where they listen, log and write differs, and how the container's health is asked for.
  const shared = [...local].filter(
    (directive) => !/^(daemon|pid|error_log|listen|return|\w+_temp_path) ?/.test(directive),
  );
  expect(shared.filter((directive) => !inContainer.has(directive))).toEqual([]);
  expect(shared.length).toBeGreaterThan(15);
});

test('Prometheus asks every service for its metrics at the port where it answers', () => {
  const scrape = z.object({
    scrape_configs: z.array(
      z.object({
        job_name: z.string(),
        dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })).optional(),
      }),
    ),
  });
  const { scrape_configs } = scrape.parse(parse(readRoot('deploy/compose/prometheus.yml')));
  const asked = scrape_configs.flatMap(({ dns_sd_configs }) => dns_sd_configs ?? []);
  expect(asked.flatMap(({ names, port }) => names.map((name) => `${name}:${port}`))).toEqual([
    'gateway:8080',
    'worker:8080',
  ]);
  for (const { job_name } of scrape_configs) expect(Object.keys(services)).toContain(job_name);
});

/** Directives without blocks, each with one blank between its words. */
function readDirectives(config: string): Set<string> {
  const lines = config.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  return new Set(lines.filter((line) => line.endsWith(';') && !line.startsWith('#')));
}

/** The JSON of the start-up script, as a shell would expand it. */
function readConfig(service: string, key = ''): unknown {
  const script = services[service]?.command?.[2] ?? '';
  const json = /CHATBENCH_CONFIG="(.*)"$/m.exec(script)?.[1] ?? '';
  const expanded = json
    .replaceAll('$$(hostname)', 'c0ffee')
    .replaceAll('$$TOKEN_KEY', key)
    .replaceAll('$$HOPS', 'false')
    .replaceAll(/\$\$\w+/g, 'word');
  return JSON.parse(expanded.replaceAll('\\"', '"'));
}
