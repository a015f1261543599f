import { formatLatency, formatShare } from '../quantities.ts';
import { startEchoServer } from '../testing/echo-server.ts';
import type { Measurement } from './measurement.ts';
import { type EchoRun, runEcho } from './run-echo.ts';

/** Rates are tried in steps of so many until one cannot be held. */
const STEP = 25_000;
const HIGHEST_RATE = 1_000_000;
const SECONDS = 5;
const TRIES = 2;
const RATE_ERROR = 0.001;
const LATENESS_US = 50_000;
const DELIVERY_P50_US = 5_000;

/**
 * The highest rate of round trips that one generator process holds against an echo server on the same machine, histograms and
 * ledger on: sent within 0.1 % of the rate, none lost, delivery p50 within 5 ms, lateness p99 within 50 ms.
 */
export async function measureGenerator(): Promise<readonly Measurement[]> {
  const server = await startEchoServer();
  try {
    let best: { rate: number; run: EchoRun } | null = null;
    for (let rate = 2 * STEP; rate <= HIGHEST_RATE; rate += STEP) {
      const run = await holdRate(server.url, rate);
      if (run === null) break;
      best = { rate, run };
    }
    const idle = await runEcho(server.url, { perSecond: 1_000, seconds: SECONDS, clients: 100, shards: 1 });
    return [
      {
        name: 'round trips per second',
        value: best?.rate ?? null,
        unit: '/s',
        note: `one process, 100 sockets, 100 bytes; ${best === null ? `not even ${2 * STEP}/s was held` : `p50 ${formatLatency(best.run.deliveryP50Us)}`}`,
      },
      {
        name: 'delivery p50 at 1,000/s',
        value: idle.deliveryP50Us / 1000,
        unit: 'ms',
        note: `lateness p99 ${formatLatency(idle.latenessP99Us)}, ${formatShare(idle.samples.health[0]?.cpuRatio ?? null)} of a core`,
      },
    ];
  } finally {
    server.stop();
  }
}

async function holdRate(url: string, perSecond: number): Promise<EchoRun | null> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const run = await runEcho(url, { perSecond, seconds: SECONDS, clients: 100, shards: 1 });
    const isHeld =
      run.rateError <= RATE_ERROR &&
      run.samples.ledger.lost === 0 &&
      run.deliveryP50Us <= DELIVERY_P50_US &&
      run.latenessP99Us <= LATENESS_US;
    if (isHeld) return run;
  }
  return null;
}
