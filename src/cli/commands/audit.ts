import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { createPauseSwitch } from '../../fleet/pause-switch.ts';
import { AUDIT, type AuditRow } from '../../gate/audit/audit-rows.ts';
import { buildAudit } from '../../gate/audit/build-audit.ts';
import { isAtLeast } from '../../gate/audit/grade.ts';
import { readLimits } from '../../gate/audit/read-limits.ts';
import { redact } from '../../redact.ts';
import { renderAuditPage } from '../../report/audit/render-audit-page.ts';
import { renderBadge } from '../../report/audit/render-badge.ts';
import { renderAudit } from '../../report/terminal/render-audit.ts';
import type { AuditedRow, AuditResult } from '../../result/audit-result.ts';
import { describeEnvironment } from '../../result/build-result.ts';
import { linkLatest, writeAtomically } from '../../result/result-file.ts';
import { readVersion } from '../../version.ts';
import type { AuditOptions } from '../audit/audit-options.ts';
import { shareTarget } from '../audit/audit-target.ts';
import { type RowContext, runRow } from '../audit/run-row.ts';
import { readCommandLine } from '../command-line.ts';
import { StepRunner } from '../experiments/run-steps.ts';
import { answersInColor, printAnswer } from '../print.ts';
import { createRunDirectory, discardRunDirectory } from '../run/run-directory.ts';
import { exitCodeOf, listenForSignals } from '../run/run-signals.ts';
import { openRunView } from '../run/run-view.ts';
import { shortPath } from '../run/short-path.ts';
import { warnOfFailure } from '../run/write-reports.ts';

/**
 * `chatbench audit`: what a careful engineer would try on a chat, one after the other, as a page, a JSON and a badge. Ends with 0
 * where everything could be graded, 5 where something could not, and 4 where a row is below `--require`.
 */
export async function audit(options: AuditOptions): Promise<ExitCode> {
  const limits = options.limits === undefined ? AUDIT : readLimits(await readText(options.limits), options.limits);
  const rows = limits.filter(({ id }) => options.rows?.includes(id) ?? true);
  const startedAt = new Date();
  const directory = await createRunDirectory(options.out ?? 'reports', 'audit', startedAt);
  const signals = listenForSignals();
  const targetName = redact(options.target ?? 'the bundled cluster');
  const view = await openRunView(`audit of ${targetName}`, { ...options, tui: false }, { signals });
  const target = shareTarget(view, signals.signal);
  const context: RowContext = {
    ...{ options, target, signals, view, pause: createPauseSwitch() },
    ...{ runner: new StepRunner(directory.path), directory: directory.path },
  };
  try {
    const audited = await runRows(rows, context);
    if (audited.length === 0) return exitCodeOf(signals, EXIT.invalid);
    const result = buildAudit({
      id: directory.id,
      startedAt: startedAt.toISOString(),
      command: readCommandLine(),
      quick: options.quick,
      targetName,
      environment: describeEnvironment(readVersion()),
      rows: [...audited],
      interruptedBy: signals.interruptedBy(),
    });
    view.close();
    const files = await writeAudit(directory.path, result);
    show(result, options, files);
    await warnOfFailure('the link to the latest run', () => linkLatest(directory.path));
    return exitCodeOf(signals, exitCodeOfAudit(result, options));
  } finally {
    view.close();
    await target.close();
    await discardRunDirectory(directory);
    signals.release();
  }
}

async function runRows(rows: readonly AuditRow[], context: RowContext): Promise<readonly AuditedRow[]> {
  const audited: AuditedRow[] = [];
  let capacity: number | null = null;
  for (const row of rows) {
    context.view.note(`${audited.length + 1} of ${rows.length}: ${row.title}`);
    const ran = await runRow(row, capacity, audited.length === 0, context);
    if (ran === null) break;
    capacity ??= ran.capacity;
    audited.push(ran.row);
  }
  return audited;
}

async function writeAudit(directory: string, result: AuditResult): Promise<readonly string[]> {
  const files = {
    'report.html': renderAuditPage(result),
    'audit.json': `${JSON.stringify(result, null, 2)}\n`,
    'badge.svg': renderBadge(result.grade),
  };
  for (const [name, content] of Object.entries(files)) await writeAtomically(join(directory, name), content);
  return Object.keys(files).map((name) => join(directory, name));
}

function show(result: AuditResult, { json, quiet }: AuditOptions, files: readonly string[]): void {
  if (json) {
    printAnswer(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  if (quiet) {
    printAnswer(`${result.grade ?? 'none'}\n`);
    return;
  }
  const color = answersInColor();
  printAnswer(renderAudit(result, { color, columns: process.stdout.columns ?? 80, files: files.map(shortPath) }));
}

/** What a target cannot be asked is no gap in what is known of it. */
function exitCodeOfAudit({ rows }: AuditResult, { require: least }: AuditOptions): ExitCode {
  const isBelow = least !== undefined && rows.some(({ grade }) => grade !== null && !isAtLeast(grade, least));
  if (isBelow) return EXIT.thresholdFailed;
  return rows.some(({ grade, isAsked }) => grade === null && isAsked) ? EXIT.invalid : EXIT.pass;
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ChatbenchError('usage', `--limits ${file}: cannot be read (${cause.code})`, { cause });
  });
}
