import type { RunResult } from '../../result/run-result.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { RunView } from './run-view.ts';

/** With --otlp: the slowest messages as spans, each with where its time went. A collector that is away is told, and nothing else. */
export async function pushTraces(
  { id, scenario, samples, environment }: RunResult,
  { otlp }: Pick<RunOptions, 'otlp'>,
  view: Pick<RunView, 'note'>,
): Promise<void> {
  const messages = samples.slowest?.messages ?? [];
  if (otlp === undefined || messages.length === 0) return;
  // Loaded on demand: most runs are told to nobody.
  const [{ buildSpanRequest }, { pushSpans }] = await Promise.all([
    import('../../report/otlp/build-span-request.ts'),
    import('../../report/otlp/push-otlp.ts'),
  ]);
  const spans = buildSpanRequest(messages, scenario.name, { run: id, version: environment.chatbench });
  const trouble = await pushSpans(otlp, spans);
  if (trouble !== null) view.note(`warning: ${trouble}`);
}
