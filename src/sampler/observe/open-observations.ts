import { ChatbenchError } from '../../errors.ts';
import { redact, rememberSecret } from '../../redact.ts';
import type { ObservedSeries } from '../observations.ts';
import type { ObservationRequest, SourceAccess } from './access.ts';
import { FirstReading } from './first-reading.ts';
import type { Observation } from './observation.ts';

/** An observation that has answered once, and how often it is to be read. */
export interface OpenObservation {
  readonly observation: Observation;
  readonly source: ObservedSeries['source'];
  readonly everyUs: number;
}

/**
 * Opens all that is to be observed, and reads each once: what answers by now can be observed, and rates have something to begin from.
 *
 * @throws ChatbenchError `target-unavailable` for the first that does not answer, with nothing left open
 */
export async function openObservations(requests: readonly ObservationRequest[]): Promise<readonly OpenObservation[]> {
  const opened: OpenObservation[] = [];
  try {
    for (const { name, source, everyUs } of requests) {
      rememberPasswords(source);
      for (const observation of await openSource(name, source)) {
        opened.push({ observation, source: source.kind, everyUs: Math.max(everyUs, observation.refreshUs ?? 0) });
      }
    }
    const bySource = new Map(requests.map((request) => [request.name, request]));
    await Promise.all(
      opened.map(({ observation }) =>
        observation.read().catch((error: unknown) => {
          if (error instanceof FirstReading) return;
          throw unreachable(observation.name, bySource.get(observation.name.split('.', 1)[0]!)!.source, error);
        }),
      ),
    );
    return opened;
  } catch (error) {
    await Promise.all(opened.map(({ observation }) => observation.close()));
    throw error;
  }
}

/** Each with its client loaded only where it is asked for: all of them would be a third of the start of every run. */
async function openSource(name: string, source: SourceAccess): Promise<readonly Observation[]> {
  switch (source.kind) {
    case 'amqp':
      return (await import('./sources/amqp.ts')).observeAmqp(name, source);
    case 'redis':
      return (await import('./sources/redis.ts')).observeRedis(name, source);
    case 'prometheus':
      return (await import('./sources/prometheus.ts')).observePrometheus(name, source);
    case 'postgres':
      return (await import('./sources/postgres.ts')).observePostgres(name, source);
    case 'nats':
      return (await import('./sources/nats.ts')).observeNats(name, source);
    case 'http-json':
      return (await import('./sources/http-json.ts')).observeHttpJson(name, source);
    case 'process':
      return (await import('./sources/process.ts')).observeProcess(name, source);
  }
}

function unreachable(name: string, source: SourceAccess, error: unknown): ChatbenchError {
  const where = source.kind === 'process' ? '' : ` at ${redact(withoutQuery(source.url))}`;
  const isLinux = source.kind !== 'process' || process.platform === 'linux';
  const reason = isLinux ? describeTrouble(error) : 'processes are observed on Linux only';
  return new ChatbenchError('target-unavailable', `observe.${name}: ${source.kind}${where}: ${reason}`, {
    hint: 'it has to answer before the run begins: see docs/observe.md, or leave it out',
    cause: error,
  });
}

/** Why a reading failed, on one line and without secrets. Errors of several attempts to connect have a text of their own each. */
export function describeTrouble(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const { message = String(first), code } = (first ?? {}) as { message?: string; code?: string };
  const text = redact(message === '' ? (code ?? 'failed') : message);
  return text.replace(/\s+/g, ' ').slice(0, LONGEST_TROUBLE);
}

const LONGEST_TROUBLE = 200;

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '');
}

/**
 * From now on no output shows them. A password that is the name of its user, as a fresh broker has it, or of what it opens, is no
 * secret: hiding such a word wherever it turns up would hide half of a report. In an address it is hidden all the same.
 */
function rememberPasswords(source: SourceAccess): void {
  if (source.kind === 'process') return;
  const addresses = source.kind === 'amqp' ? [source.url, source.management, source.prometheus] : [source.url];
  for (const address of addresses) {
    if (address === null || !URL.canParse(address)) continue;
    const { username, password, protocol, searchParams } = new URL(address);
    const name = decodeURIComponent(username);
    const secret = decodeURIComponent(password);
    if (secret !== '' && secret !== name && !protocol.startsWith(secret)) rememberSecret(secret);
    if (name !== '' && secret === '' && /^https?:$/.test(protocol)) rememberSecret(name);
    for (const [parameter, value] of searchParams)
      if (/token|key|secret|password|auth/i.test(parameter)) rememberSecret(value);
  }
}
