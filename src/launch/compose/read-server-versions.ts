import { askGreeting, readGreeting } from '../machine/amqp-greeting.ts';
import { awaitAnswer } from '../machine/await-answer.ts';
import { filterContainers } from './project-containers.ts';
import { runDocker } from './run-docker.ts';

/** They are well by then. */
const ANSWER_WITHIN_MS = 2_000;

/** What to run in a container of a service, which component that tells of, and what its version stands after. */
const QUESTIONS = [
  { service: 'redis', name: 'redis', command: ['redis-cli', 'INFO', 'server'], version: /^redis_version:(\S+)/m },
  {
    service: 'postgres',
    name: 'postgres',
    command: ['psql', '--username', 'chatbench', '--dbname', 'postgres', '-Atc', 'SHOW server_version'],
    version: /^(\S+)/,
  },
  { service: 'gateway', name: 'node', command: ['node', '--version'], version: /^v(\S+)/ },
] as const;

type Component = { readonly name: string; readonly version: string };

/**
 * What runs in a composition's containers, as it says itself: the tag of an image tells what somebody called it. What does not
 * answer has the version "unknown". In the order in which a `local` target names its components.
 *
 * @param addresses host and port on loopback of RabbitMQ, and of nginx where there is one
 */
export async function readServerVersions(
  project: string,
  addresses: { readonly rabbitmq: string; readonly nginx: string | null },
): Promise<Component[]> {
  const [rabbitmq, nginx, [redis, postgres, node]] = await Promise.all([
    askRabbitmq(addresses.rabbitmq),
    addresses.nginx === null ? [] : askNginx(addresses.nginx),
    Promise.all(QUESTIONS.map((question) => askInside(project, question))),
  ]);
  return [redis, ...rabbitmq, postgres, node, ...nginx].filter((component) => component !== undefined);
}

async function askInside(
  project: string,
  { service, name, command, version }: (typeof QUESTIONS)[number],
): Promise<Component> {
  const answer = await runDocker(filterContainers(project, { service }))
    .then((ids) => runDocker(['exec', ids.split('\n')[0] ?? '', ...command]))
    .catch(() => '');
  return { name, version: version.exec(answer)?.[1] ?? 'unknown' };
}

async function askRabbitmq(address: string): Promise<Component[]> {
  const port = Number(address.split(':').at(-1));
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const answer = await awaitAnswer({ port, request: askGreeting, read: readGreeting }, signal).catch(() => '');
  const [version = '', erlang = 'unknown'] = answer.split(' ');
  return [
    { name: 'rabbitmq', version: version === '' ? 'unknown' : version },
    { name: 'erlang', version: erlang },
  ];
}

async function askNginx(address: string): Promise<Component[]> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const version = await fetch(`http://${address}/nginx-health`, { signal }).then(
    (response) => response.text(),
    () => '',
  );
  return [{ name: 'nginx', version: /^[\d.]+$/.test(version) ? version : 'unknown' }];
}
