import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChatbenchError, EXIT } from '../../errors.ts';
import type { AuditRow } from '../../gate/audit/audit-rows.ts';
import { composeRow, gradeRow, leaveUnasked, leaveUngraded } from '../../gate/audit/build-audit.ts';
import { type CapacityLimit, gradeCapacity } from '../../gate/audit/grade-run.ts';
import type { AuditedRow } from '../../result/audit-result.ts';
import { writeExperiment } from '../../result/experiment-file.ts';
import { makeDirectory } from '../../result/make-directory.ts';
import { RESULT_FILE, readResult } from '../../result/result-file.ts';
import { runExperiment } from '../experiments/run-experiment.ts';
import type { StepRunner } from '../experiments/run-steps.ts';
import { writeExperimentReport } from '../experiments/write-experiment-report.ts';
import { resolveScenario } from '../options/resolve-scenario.ts';
import { admitTarget } from '../run/admit-target.ts';
import { judgeRun } from '../run/judge-run.ts';
import { drawRunId } from '../run/run-directory.ts';
import type { TrialContext } from '../run/run-trial.ts';
import { warnOfFailure, writeReports } from '../run/write-reports.ts';
import { type AuditOptions, runOptionsOf } from './audit-options.ts';
import type { AuditTarget } from './audit-target.ts';

/** The same distance from the source and from the build. */
const SCENARIOS = fileURLToPath(new URL('../../../scenarios/audit', import.meta.url));

/** What a row came to, and what the rows behind it need of it. */
export interface RanRow {
  readonly row: AuditedRow;
  /** Per second; null where this row does not search it, or found none. */
  readonly capacity: number | null;
}

export interface RowContext extends Omit<TrialContext, 'target' | 'options'> {
  readonly options: AuditOptions;
  readonly target: AuditTarget;
  readonly runner: StepRunner;
  /** The audit's own directory. */
  readonly directory: string;
}

/**
 * Runs one row and grades it. One that this target cannot be asked is left ungraded with the reason; null where it was interrupted.
 *
 * @param isFirst  nothing was graded before it: what keeps it from being run keeps all of them
 * @throws ChatbenchError of the first row, such as `target-unavailable` or `usage`
 */
export async function runRow(
  row: AuditRow,
  capacity: number | null,
  isFirst: boolean,
  context: RowContext,
): Promise<RanRow | null> {
  const { options, target, signals } = context;
  const { shareOfCapacity } = row;
  const rate =
    shareOfCapacity === null || capacity === null ? null : Math.max(1, Math.round(shareOfCapacity * capacity));
  const trialOptions = runOptionsOf(options, rate);
  try {
    const scenario = resolveScenario(join(SCENARIOS, `${row.id}.yaml`), trialOptions);
    if (row.breaksParts && scenario.target.kind === 'external') {
      return {
        row: leaveUnasked(row, 'parts of a server at an address are not for chatbench to break'),
        capacity: null,
      };
    }
    const opened = await target.openFor(scenario, await admitTarget(scenario, trialOptions));
    if (opened === null) return null;
    const trial = { ...context, options: trialOptions, target: opened };
    if (scenario.experiment !== null)
      return await searchRow(row, scenario, scenario.experiment, context.directory, trial);
    const step = await context.runner.run({ scenario, label: row.id, value: null, of: null }, trial);
    if (step === null) {
      if (signals.signal.aborted) return null;
      if (isFirst && context.runner.loss !== null) throw context.runner.loss.error;
      await target.close();
      return { row: leaveUngraded(row, 'the target was lost'), capacity: null };
    }
    const directory = join(context.directory, step.directory);
    const result = await readResult(directory);
    const verdict = judgeRun(result);
    await warnOfFailure('report.html', () =>
      writeReports(directory, { result, verdict, resultFile: join(directory, RESULT_FILE) }, ['html']),
    );
    const diagnosis = verdict.diagnosis ?? [];
    return { row: gradeRow(row, { result, diagnosis, directories: [step.directory] }), capacity: null };
  } catch (error) {
    if (isFirst || !(error instanceof ChatbenchError)) throw error;
    const leave = error.exitCode === EXIT.usage ? leaveUnasked : leaveUngraded;
    return { row: leave(row, error.message.split('\n', 1)[0]!), capacity: null };
  }
}

const CAPACITY_DIRECTORY = '00-capacity';

async function searchRow(
  row: AuditRow,
  scenario: Parameters<typeof runExperiment>[0],
  experiment: Parameters<typeof runExperiment>[1],
  parent: string,
  context: TrialContext,
): Promise<RanRow | null> {
  const directory = { id: CAPACITY_DIRECTORY, runId: drawRunId(), path: join(parent, CAPACITY_DIRECTORY) };
  await makeDirectory(directory.path);
  const { experiment: found, loss } = await runExperiment(scenario, experiment, directory, context);
  if (loss !== null && found.steps.length === 0) throw loss.error;
  await writeExperiment(directory.path, found);
  await warnOfFailure('report.html', () => writeExperimentReport(directory.path, found));
  if (context.signals.signal.aborted) return null;
  const value = found.capacity?.value ?? null;
  const figures = row.criteria.map((criterion) => gradeCapacity(criterion, value, limitOf(found.capacity)));
  return { row: composeRow(row, figures, [], [CAPACITY_DIRECTORY]), capacity: value };
}

/** What kept the search from more. */
function limitOf(capacity: Awaited<ReturnType<typeof runExperiment>>['experiment']['capacity']): CapacityLimit {
  if (capacity === null || capacity.failedAt === null) return 'range';
  return capacity.bindings.some(({ kind }) => kind === 'generator') ? 'generator' : 'target';
}
