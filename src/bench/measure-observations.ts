import { monotonicUs } from '../clock.ts';
import { findLocalBinaries, findProgram, listMissingBinaries } from '../launch/machine/find-binaries.ts';
import { formatLatency, formatShare } from '../quantities.ts';
import type { ObservationRequest, SourceAccess } from '../sampler/observe/access.ts';
import { openObservations } from '../sampler/observe/open-observations.ts';
import { sampleObservations } from '../sampler/observe/sample-observations.ts';
import { startEchoServer } from '../testing/echo-server.ts';
import { startLoneNats } from '../testing/lone-nats.ts';
import { startServices } from '../testing/services.ts';
import { type Measurement, median } from './measurement.ts';
import { runEcho } from './run-echo.ts';

const LOAD = { perSecond: 10_000, seconds: 8, clients: 100, shards: 1 };
const PAIRS = 3;

interface CostedRun {
  /** CPU of this process, 1 = one core. */
  readonly cpuRatio: number;
  readonly latenessP99Us: number;
}

/**
 * What ten observations, each of another kind and as often as by default, cost the process that reads them, and what becomes of the
 * generator's lateness: by runs with and without them, in turn. Needs Redis, RabbitMQ, Postgres and NATS on the machine.
 */
export async function measureObservations(): Promise<readonly Measurement[]> {
  const name = 'ten observations';
  if (listMissingBinaries(findLocalBinaries()).length > 0 || findProgram('nats-server') === null)
    return [{ name, value: null, unit: '% of a core', note: 'needs Redis, RabbitMQ, Postgres and NATS here' }];
  const [services, nats] = await Promise.all([startServices({ management: true }), startLoneNats()]);
  const server = await startEchoServer();
  try {
    await nats.fill(10);
    const requests = listRequests(services, nats.monitorPort);
    const pairs: { readonly alone: CostedRun; readonly beside: CostedRun }[] = [];
    for (let pair = 0; pair < PAIRS; pair++)
      pairs.push({ alone: await runCosted(server.url, []), beside: await runCosted(server.url, requests) });
    const of = (read: (pair: (typeof pairs)[number]) => number) => median(pairs.map(read));
    const lateness = `lateness p99 ${formatLatency(of(({ beside }) => beside.latenessP99Us))}, without them ${formatLatency(of(({ alone }) => alone.latenessP99Us))}`;
    return [
      {
        name,
        value: 100 * of(({ alone, beside }) => beside.cpuRatio - alone.cpuRatio),
        unit: '% of a core',
        note: `four every 100 ms and six every second, ${requests.length} kinds of figures; at ${LOAD.perSecond}/s ${lateness}; the parent itself ${formatShare(of(({ alone }) => alone.cpuRatio))}`,
      },
    ];
  } finally {
    server.stop();
    await Promise.all([services.stop(), nats.stop()]);
  }
}

type Services = Awaited<ReturnType<typeof startServices>>;

function listRequests(services: Services, natsPort: number): readonly ObservationRequest[] {
  const redis = { kind: 'redis' as const, url: services.redisUrl, group: null };
  const sources: Readonly<Record<string, SourceAccess>> = {
    list: { ...redis, what: 'length', key: 'list' },
    stream: { ...redis, what: 'length', key: 'stream' },
    memory: { ...redis, what: 'info', key: 'used_memory' },
    keys: { ...redis, what: 'length', key: 'set' },
    vhosts: { kind: 'http-json', url: `${services.managementUrl}/api/overview`, value: 'object_totals.queues' },
    metric: {
      kind: 'prometheus',
      url: services.metricsUrl!,
      metric: 'erlang_vm_memory_bytes_total',
      labels: {},
      as: 'sum',
    },
    rows: { kind: 'postgres', url: services.postgresUrl, query: 'select count(*) from pg_class' },
    backends: { kind: 'postgres', url: services.postgresUrl, query: 'select count(*) from pg_stat_activity' },
    js: {
      kind: 'nats',
      url: `http://127.0.0.1:${natsPort}/jsz`,
      stream: 'CHAT',
      consumer: 'workers',
      value: null,
    },
    broker: { kind: 'process', process: 'redis-server' },
  };
  const often = ['list', 'stream', 'keys', 'rows'];
  return Object.entries(sources).map(([name, source]) => ({
    name,
    everyUs: often.includes(name) ? 100_000 : 1_000_000,
    source,
  }));
}

async function runCosted(url: string, requests: readonly ObservationRequest[]): Promise<CostedRun> {
  const opened = await openObservations(requests);
  const fromUs = monotonicUs();
  const before = process.cpuUsage();
  const sampling = sampleObservations(opened, fromUs);
  const { latenessP99Us } = await runEcho(url, LOAD);
  const { user, system } = process.cpuUsage(before);
  const cpuRatio = (user + system) / (monotonicUs() - fromUs);
  const series = await sampling.stop();
  const gone = series.find(({ trouble }) => trouble !== null);
  if (gone !== undefined) throw new Error(`${gone.name}: ${gone.trouble}`);
  return { cpuRatio, latenessP99Us };
}
