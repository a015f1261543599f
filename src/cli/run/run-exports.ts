import type { SparseHistogram } from '../../record/histogram.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { gatherLiveMetrics, type RunLabels } from '../../report/live-metrics.ts';
import type { RunPart } from '../../result/progress-file.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { readVersion } from '../../version.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { RunView } from './run-view.ts';

/** What tells others of a run while it is under way. */
export interface RunExports {
  /** One of several runs of the command begins. */
  begin?(part: RunPart): void;
  observe(update: LiveUpdate, delivery: SparseHistogram): void;
  /** Ends with the run. Idempotent. */
  close(): Promise<void>;
}

export const NO_EXPORTS: RunExports = { observe() {}, close: async () => {} };

/** The view, with every second and every part also told to the exports. */
export function tellAll(view: RunView, exports: RunExports): RunView {
  return {
    ...view,
    begin(part) {
      view.begin(part);
      exports.begin?.(part);
    },
    show(update, delivery) {
      view.show(update, delivery);
      exports.observe(update, delivery);
    },
  };
}

/** What the label `target` says of a command that drives several: their kinds, each once. */
export function nameTargets(scenarios: readonly Scenario[]): string {
  return [...new Set(scenarios.map(({ target }) => target.kind))].join(',');
}

/**
 * Serves and pushes the run's metrics as the flags ask.
 *
 * @throws ChatbenchError `usage` where nothing can listen at the address of --prometheus
 */
export async function openRunExports(
  { prometheus, otlp }: RunOptions,
  run: RunLabels,
  view: Pick<RunView, 'note'>,
): Promise<RunExports> {
  if (prometheus === undefined && otlp === undefined) return NO_EXPORTS;
  const metrics = gatherLiveMetrics(run);
  // Loaded on demand: most runs are told to nobody.
  const server =
    prometheus === undefined
      ? null
      : await (await import('../../report/prometheus/serve-metrics.ts')).serveMetrics(prometheus, metrics.list);
  if (server !== null) view.note(`metrics are at ${server.url}`);
  const push =
    otlp === undefined
      ? null
      : (await import('../../report/otlp/push-otlp.ts')).openOtlpPush({
          endpoint: otlp,
          version: readVersion(),
          listMetrics: metrics.list,
          onFailure: (reason) => view.note(`warning: ${reason}`),
        });
  let closing: Promise<unknown> | null = null;
  return {
    observe(update, delivery) {
      metrics.observe(update, delivery);
      push?.push();
    },
    async close() {
      closing ??= Promise.all([push?.close(), server?.close()]);
      await closing;
    },
  };
}
