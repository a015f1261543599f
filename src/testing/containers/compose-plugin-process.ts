import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeContainer, docker, hashService, LABEL, listContainers } from './compose-containers.ts';
import { type Composition, readComposition, stageServices } from './compose-model.ts';
import { runProgram } from './run-program.ts';

/**
 * A stand-in for Docker's plugin Compose where Debian has none: as much of it as chatbench's own compositions and their launcher
 * ask for. Docker runs it as `docker-compose compose ARGS`, and asks it who it is before that.
 *
 * The environment variable BRIDGE_PREFIX: what the names of its networks' bridges begin with.
 */
const METADATA = { SchemaVersion: '0.1.0', Vendor: 'chatbench', Version: 'v2-standin', ShortDescription: 'Compose' };
const HEALTH_INTERVAL_MS = 1_000;
const HEALTHY_WITHIN_MS = 120_000;

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main([first, ...rest]: readonly string[]): Promise<void> {
  if (first === 'docker-cli-plugin-metadata') return print(JSON.stringify(METADATA));
  const globals = { file: { type: 'string', short: 'f' }, 'project-name': { type: 'string', short: 'p' } } as const;
  const at = rest.findIndex((word, index) => !word.startsWith('-') && !rest[index - 1]?.startsWith('-'));
  const { values } = parseArgs({ args: rest.slice(0, at), options: globals });
  const project = values['project-name'] ?? 'standin';
  const compose = () => readComposition(values.file ?? 'docker-compose.target.yml', project, process.env);
  const [verb = '', ...args] = rest.slice(at);
  if (verb === 'version') return print(`Docker Compose version ${METADATA.Version}`);
  if (verb === 'up') return up(compose(), args);
  if (verb === 'down') return down(project, args);
  if (verb === 'port') return findPort(project, args);
  throw new Error(`the stand-in for Compose has no command "${verb}"`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function up(composition: Composition, args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      detach: { type: 'boolean', short: 'd' },
      build: { type: 'boolean' },
      wait: { type: 'boolean' },
      scale: { type: 'string', multiple: true, default: [] },
    },
    allowPositionals: true,
  });
  const stages = stageServices(composition.services, positionals);
  const sizes = new Map(values.scale.map((it) => it.split('=')).map(([name, count]) => [name, Number(count)]));
  await buildImages(composition, stages.flat(), values.build === true);
  await makeNetwork(composition.project);
  for (const stage of stages) {
    const start = (name: string) =>
      startService(composition, name, sizes.get(name) ?? composition.services[name]!.scale);
    await Promise.all(stage.map(start));
  }
  if (values.wait === true) await awaitHealthy(composition);
}

async function buildImages({ services, folder }: Composition, order: readonly string[], again: boolean): Promise<void> {
  const images = new Map(order.map((name) => services[name]!).map(({ image, build }) => [image, build]));
  for (const [image, build] of images) {
    if (build === undefined) continue;
    const present = await docker('image', 'inspect', image).then(
      () => true,
      () => false,
    );
    if (present && !again) continue;
    // This machine's own network, which leads to the registry of packages: the engine lets containers have no other way out.
    await runProgram(
      'docker',
      ['build', '--quiet', '--network', 'host', '--tag', image, '--file', '-', resolve(folder, build.context)],
      { input: build.dockerfile_inline },
    );
  }
}

async function makeNetwork(project: string): Promise<void> {
  const name = `${project}_default`;
  if ((await docker('network', 'ls', '--quiet', '--filter', `name=^${name}$`)) !== '') return;
  const hash = createHash('sha256').update(project).digest('hex').slice(0, 6);
  const bridge = `com.docker.network.bridge.name=${process.env.BRIDGE_PREFIX ?? 'br-'}${hash}`;
  await docker('network', 'create', '--label', `${LABEL}.project=${project}`, '--opt', bridge, name);
}

async function startService(composition: Composition, service: string, count: number): Promise<void> {
  const hash = hashService(composition.services[service]!);
  const present = (await listContainers(composition.project)).filter((it) => it.service === service);
  const limit = Number(await runProgram('sh', ['-c', 'ulimit -Hn'])) || Number.MAX_SAFE_INTEGER;
  const startOne = async (number: number) => {
    const before = present.find((it) => it.number === number);
    if (before?.hash === hash) return before.status === 'running' || docker('start', before.id);
    // What an image declares as a volume is handed on, as by the real one.
    const volumes = before === undefined ? [] : ['--volumes-from', before.id];
    if (before !== undefined) {
      await docker('rename', before.id, `${before.name}-old`);
      await docker('stop', before.id);
    }
    await docker('run', '--detach', ...volumes, ...describeContainer(composition, service, number, limit));
    return before === undefined || docker('rm', '--force', before.id);
  };
  await Promise.all(Array.from({ length: count }, (_, index) => startOne(index + 1)));
  for (const { id, number } of present) if (number > count) await docker('rm', '--force', '--volumes', id);
}

/**
 * Asks each container by its own check, as often as it says for one that starts: the engine of Debian 12 cannot. Rejects where one
 * ends; the real one tells no more of it than that.
 */
async function awaitHealthy({ project, services }: Composition): Promise<void> {
  let waiting = await listContainers(project);
  for (let waitedMs = 0; waitedMs < HEALTHY_WITHIN_MS; waitedMs += HEALTH_INTERVAL_MS) {
    const dead = (await listContainers(project)).find(({ status }) => status !== 'running');
    if (dead !== undefined) throw new Error(`container ${dead.name} is ${dead.status}`);
    for (const { id, service } of waiting) {
      const [, ...check] = services[service]?.healthcheck.test ?? [];
      const isWell = docker('exec', id, ...check).then(
        () => true,
        () => false,
      );
      if (await isWell) waiting = waiting.filter((it) => it.id !== id);
    }
    if (waiting.length === 0) return;
    await sleep(HEALTH_INTERVAL_MS);
  }
  throw new Error(`not healthy after ${HEALTHY_WITHIN_MS / 1_000} s: ${waiting.map(({ name }) => name).join(', ')}`);
}

async function down(project: string, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { timeout: { type: 'string', short: 't', default: '10' }, volumes: { type: 'boolean', short: 'v' } },
  });
  const ids = (await listContainers(project)).map(({ id }) => id);
  if (ids.length > 0) {
    await Promise.all(ids.map((id) => docker('stop', '--time', values.timeout, id)));
    await docker('rm', '--force', ...(values.volumes === true ? ['--volumes'] : []), ...ids);
  }
  await docker('network', 'rm', `${project}_default`).catch(() => '');
}

async function findPort(project: string, args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { index: { type: 'string', default: '1' } },
    allowPositionals: true,
  });
  const [service, port] = positionals;
  const [address = ''] = (await docker('port', `${project}-${service}-${values.index}`, `${port}/tcp`)).split('\n');
  print(address);
}
