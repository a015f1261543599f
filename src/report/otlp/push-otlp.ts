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
  const url = metricsUrl(options.endpoint);
  const startNs = nowNs();
  let failed = false;
  let underWay: Promise<void> | null = null;
  const fail = (reason: string) => {
    if (!failed) options.onFailure(`metrics cannot be pushed to ${url.origin}: ${reason}`);
    failed = true;
  };
  const send = async () => {
    const body = JSON.stringify(buildOtlpRequest(options.listMetrics(), options.version, { startNs, nowNs: nowNs() }));
    try {
      const response = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        headersTimeout: PUSH_TIMEOUT_MS,
        bodyTimeout: PUSH_TIMEOUT_MS,
        signal: AbortSignal.timeout(PUSH_TIMEOUT_MS),
      });
      await response.body.dump();
      if (response.statusCode >= 300) fail(`status ${response.statusCode}`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      fail(code ?? message);
    }
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

function metricsUrl(endpoint: URL): URL {
  return endpoint.pathname === '/' ? new URL('/v1/metrics', endpoint) : endpoint;
}

function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
