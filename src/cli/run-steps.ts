import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assessSustained } from '../experiment/assess-sustained.ts';
import { summarizeStep } from '../experiment/summarize-step.ts';
import { formatLatency } from '../report/quantities.ts';
import type { ExperimentStep } from '../result/experiment-result.ts';
import { writeResult } from '../result/result-file.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { awaitIdle } from './await-idle.ts';
import type { Trial, TrialContext } from './commands/run.ts';
import { drawRunId } from './run-directory.ts';

export type RunTrial = (
  scenario: Scenario,
  name: { readonly id: string; readonly runId: string },
  context: TrialContext,
) => Promise<Trial | null>;

export interface StepRequest {
  readonly scenario: Scenario;
  readonly label: string;
  /** What was varied; null in a matrix. */
  readonly value: number | null;
}

/** Runs step after step into directories of their own below the experiment's. */
export class StepRunner {
  readonly #directory: string;
  readonly #runTrial: RunTrial;
  readonly #steps: ExperimentStep[] = [];

  constructor(directory: string, runTrial: RunTrial) {
    this.#directory = directory;
    this.#runTrial = runTrial;
  }

  /** In the order in which they ran. */
  get steps(): readonly ExperimentStep[] {
    return this.#steps;
  }

  /** Null where it was interrupted, or where the target died: then nothing can follow. */
  async run(request: StepRequest, context: TrialContext): Promise<ExperimentStep | null> {
    const { view, target, signals } = context;
    const number = this.#steps.length + 1;
    const id = `${String(number).padStart(2, '0')}-${request.label.replaceAll(/[^a-z0-9=.]+/gi, '-').replaceAll(/^-|-$/g, '')}`;
    view.note(`step ${number}: ${request.label}`);
    await awaitIdle(target, signals.signal);
    const trial = await this.#runTrial(request.scenario, { id, runId: drawRunId() }, context);
    if (trial === null || signals.signal.aborted) return null;
    const directory = join(this.#directory, id);
    await mkdir(directory, { recursive: true });
    await writeResult(directory, trial.result);
    const step = describeStep(request, trial, id);
    this.#steps.push(step);
    view.note(tellOutcome(step));
    return trial.failure === null ? step : null;
  }
}

function describeStep({ label, value }: StepRequest, { result, verdict }: Trial, directory: string): ExperimentStep {
  const { held, bindings } = assessSustained(result, verdict);
  return {
    label,
    value,
    verdict: verdict.status,
    held,
    bindings: [...bindings],
    figures: summarizeStep(result),
    directory,
  };
}

function tellOutcome({ held, bindings, figures }: ExperimentStep): string {
  const p95 = `p95 ${formatLatency(figures.p95Us)}`;
  return held ? `  held, ${p95}` : `  did not hold, ${p95}: ${bindings.map(({ text }) => text).join('; ')}`;
}
