import { request } from 'undici';
import type { LiveMetric } from '../live-metrics.ts';
import { buildOtlpRequest } from './build-otlp-request.ts';

const PUSH_TIMEOUT_MS = 2_000;

export interface OtlpPush {
  /** Sends the metrics as they stand, unless the last sending is still under way. */
  push(): void;
  /** Sends them a last time and waits for that. */
  close(): Promise<void>;
}

export interface OtlpOptions {
  /** Of the collector, such as http://127.0.0.1:4318; `/v1/metrics` is added where it has no path. */
  readonly endpoint: URL;
  readonly version: string;
  readonly listMetrics: () => readonly LiveMetric[];
  /** Called once, at the first failure: a collector that is away must not fail a run, nor fill its output. */
  onFailure(reason: string): void;
}

/** Pushes a run's metrics to a collector over OTLP/HTTP in JSON. Never throws. */
export function openOtlpPush(options: OtlpOptions): OtlpPush {
  const url = signalUrl(options.endpoint, 'metrics');
  const startNs = nowNs();
  let failed = false;
  let underWay: Promise<void> | null = null;
  const fail = (reason: string) => {
    if (!failed) options.onFailure(`metrics cannot be pushed to ${url.origin}: ${reason}`);
    failed = true;
  };
  const send = async () => {
    const times = { startNs, nowNs: nowNs() };
    const trouble = await post(url, buildOtlpRequest(options.listMetrics(), options.version, times));
    if (trouble !== null) fail(trouble);
  };
  const push = () => {
    underWay ??= send().finally(() => {
      underWay = null;
    });
  };
  return {
    push,
    async close() {
      await underWay;
      await send();
    },
  };
}

/**
 * Sends spans, once. Never throws: yields why they could not be, or null.
 *
 * @param endpoint as for metrics; where it has the path of those, that of traces stands in its place
 */
export async function pushSpans(endpoint: URL, spans: object): Promise<string | null> {
  const url = signalUrl(endpoint, 'traces');
  const trouble = await post(url, spans);
  return trouble === null ? null : `traces cannot be pushed to ${url.origin}: ${trouble}`;
}

/** Yields why it failed, or null. */
async function post(url: URL, body: object): Promise<string | null> {
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      headersTimeout: PUSH_TIMEOUT_MS,
      bodyTimeout: PUSH_TIMEOUT_MS,
      signal: AbortSignal.timeout(PUSH_TIMEOUT_MS),
    });
    await response.body.dump();
    return response.statusCode >= 300 ? `status ${response.statusCode}` : null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}

function signalUrl(endpoint: URL, signal: 'metrics' | 'traces'): URL {
  if (endpoint.pathname === '/') return new URL(`/v1/${signal}`, endpoint);
  const url = new URL(endpoint);
  url.pathname = url.pathname.replace(/\/v1\/(metrics|traces)\/?$/, `/v1/${signal}`);
  return url;
}

function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
