import { mostOf } from '../../extremes.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { DriftKind, DriftUnit } from './drift.ts';

/** A figure of a run over time, column-wise. */
export interface DriftColumns {
  readonly name: string;
  readonly kind: DriftKind;
  readonly unit: DriftUnit;
  readonly atUs: readonly number[];
  readonly values: readonly (number | null)[];
}

/** All that a run tells of itself over time and that ought to stay as it is under a load that does. */
export function listDriftColumns(result: RunResult): readonly DriftColumns[] {
  return [
    ...latencyColumns(result),
    ...queueColumns(result),
    ...connectionColumns(result),
    ...memoryColumns(result),
    ...observedColumns(result),
  ];
}

function latencyColumns({ samples: { intervals } }: RunResult): readonly DriftColumns[] {
  const summaries = intervals.map(({ delivery }) => summarizeHistogram(delivery));
  // A second counts for its middle.
  const atUs = intervals.map(({ second }) => (second + 0.5) * 1e6);
  const columns = (name: string, field: 'p50Us' | 'p95Us') => ({
    name,
    kind: 'latency' as const,
    unit: 'us' as const,
    atUs,
    values: summaries.map((summary) => summary?.[field] ?? null),
  });
  return [columns('delivery.p50', 'p50Us'), columns('delivery.p95', 'p95Us')];
}

function queueColumns({ queue }: RunResult): readonly DriftColumns[] {
  if (queue === null) return [];
  const values = queue.ready.map((ready, index) => ready + (queue.inFlight[index] ?? 0));
  return [{ name: 'queue.depth', kind: 'queue', unit: 'number', atUs: queue.atUs, values }];
}

/** Of all gateways together: which of them a client comes back to is the balancer's matter. */
function connectionColumns({ gatewaySeries }: RunResult): readonly DriftColumns[] {
  if (gatewaySeries === null) return [];
  const { atUs, gateways } = gatewaySeries;
  const values = atUs.map((_, index) =>
    gateways.reduce<number | null>((sum, { connections }) => {
      const known = connections[index] ?? null;
      return sum === null || known === null ? null : sum + known;
    }, 0),
  );
  return [{ name: 'connections', kind: 'connections', unit: 'number', atUs, values }];
}

function memoryColumns({ processes }: RunResult): readonly DriftColumns[] {
  return (processes ?? [])
    .filter(({ name }) => !name.startsWith('generator-'))
    .map(({ name, atUs, residentBytes }) => ({ name, kind: 'memory', unit: 'bytes', atUs, values: residentBytes }));
}

function observedColumns({ observed = [] }: RunResult): readonly DriftColumns[] {
  return observed
    .filter(
      ({ name, values }) =>
        name !== 'queue' &&
        mostOf(
          values.map((value) => value ?? 0),
          0,
        ) > 0,
    )
    .map(({ name, unit, atUs, values }) => {
      const isMemory = unit === 'bytes';
      return { name, kind: isMemory ? 'memory' : 'observed', unit, atUs, values };
    });
}
