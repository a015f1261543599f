import { join } from 'node:path';
import { ChatbenchError, EXIT } from '../../errors.ts';
import { assessSustained } from '../../experiment/assess-sustained.ts';
import { summarizeStep } from '../../experiment/summarize-step.ts';
import { formatLatency } from '../../quantities.ts';
import { redact } from '../../redact.ts';
import type { ExperimentResult, ExperimentStep } from '../../result/experiment-result.ts';
import { makeDirectory } from '../../result/make-directory.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { discardRunDirectory, drawRunId } from '../run/run-directory.ts';
import { runTrial, type Trial, type TrialContext } from '../run/run-trial.ts';
import { targetFailed } from '../run/target-failed.ts';
import { awaitIdle } from './await-idle.ts';

export interface StepRequest {
  readonly scenario: Scenario;
  readonly label: string;
  /** As a step of a matrix has it; empty elsewhere. */
  readonly load?: string;
  /** What was varied; null in a matrix. */
  readonly value: number | null;
  /** How many steps there will be; null where that is not known yet. */
  readonly of: number | null;
}

/** A target that died, or could not be had, in one of the steps. */
export interface TargetLoss {
  readonly step: string;
  readonly error: ChatbenchError;
}

/** Runs step after step into directories of their own below the experiment's. */
export class StepRunner {
  readonly #directory: string;
  readonly #steps: ExperimentStep[] = [];
  #loss: TargetLoss | null = null;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** In the order in which they ran. */
  get steps(): readonly ExperimentStep[] {
    return this.#steps;
  }

  /** The first of them; null where every target lasted. To be told once all that was measured is written. */
  get loss(): TargetLoss | null {
    return this.#loss;
  }

  /**
   * Keeps the loss of a target for the end.
   *
   * @throws the error itself where it is any other
   */
  lose(step: string, error: unknown): void {
    if (!(error instanceof ChatbenchError) || error.exitCode !== EXIT.targetUnavailable) throw error;
    this.#loss ??= { step, error };
  }

  /** Null where it was interrupted, or where the target was lost: on that target nothing can follow. */
  async run(request: StepRequest, context: TrialContext): Promise<ExperimentStep | null> {
    const { view, target, signals } = context;
    const number = this.#steps.length + 1;
    // Of a matrix of targets, the addresses are part of it.
    const label = redact(request.label);
    const id = `${String(number).padStart(2, '0')}-${label.replaceAll(/[^a-z0-9=.]+/gi, '-').replaceAll(/^-|-$/g, '')}`;
    view.begin({ kind: 'step', number, of: request.of, label });
    await awaitIdle(target, signals.signal);
    const directory = { id, runId: drawRunId(), path: join(this.#directory, id) };
    await makeDirectory(directory.path);
    const trial = await runTrial(request.scenario, directory, context).catch((error: unknown) => {
      if (!signals.signal.aborted) this.lose(label, error);
      return null;
    });
    if (trial === null) await discardRunDirectory(directory);
    if (trial === null || signals.signal.aborted) return null;
    if (trial.unwritten !== null) throw trial.unwritten;
    const step = describeStep({ ...request, label }, trial, id);
    this.#steps.push(step);
    view.note(tellOutcome(step));
    if (trial.failure === null) return step;
    this.lose(label, targetFailed(trial.failure));
    return null;
  }
}

/** A loss as an experiment keeps it. */
export function describeLoss(loss: TargetLoss | null): ExperimentResult['targetLost'] {
  return loss === null ? null : { step: loss.step, reason: loss.error.message.split('\n', 1)[0]! };
}

function describeStep(
  { label, load = '', value }: StepRequest,
  { result, verdict }: Trial,
  directory: string,
): ExperimentStep {
  const { held, bindings } = assessSustained(result, verdict);
  return {
    label,
    load,
    value,
    verdict: verdict.status,
    held,
    bindings: [...bindings],
    figures: summarizeStep(result),
    directory,
    trials: [],
  };
}

function tellOutcome({ held, bindings, figures }: ExperimentStep): string {
  const p95 = `p95 ${formatLatency(figures.p95Us)}`;
  return held ? `  held, ${p95}` : `  did not hold, ${p95}: ${bindings.map(({ text }) => text).join('; ')}`;
}
