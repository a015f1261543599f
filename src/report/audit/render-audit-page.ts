import { createHash } from 'node:crypto';
import { formatMinute } from '../../quantities.ts';
import type { AuditedRow, AuditFigure, AuditResult } from '../../result/audit-result.ts';
import { AUDIT_STYLE } from './audit-style.ts';

/**
 * An audit as one HTML file without a script, under a policy that forbids every load: the grade, the rows, and what each figure would
 * have to be for another grade. Links lead to the runs that it rests on, beside the page.
 */
export function renderAuditPage(audit: AuditResult): string {
  const { targetName, quick, startedAt, environment, rows, first, grade } = audit;
  const hash = createHash('sha256').update(AUDIT_STYLE).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${grade ?? '–'} – audit of ${escapeHtml(targetName)}</title>
<style>${AUDIT_STYLE}</style>
</head>
<body>
<main>
<header>
${gradeMark(grade)}
<div>
<h1>Audit of ${escapeHtml(targetName)}</h1>
<p class="quiet">${quick ? 'Quick: figures of a few seconds each. ' : ''}${escapeHtml(formatMinute(startedAt))} UTC, chatbench ${escapeHtml(environment.chatbench)}</p>
</div>
</header>
${first === null ? '' : `<p class="first"><strong>First:</strong> ${escapeHtml(first.text)}</p>`}
<ol>
${rows.map(renderRow).join('\n')}
</ol>
<p class="quiet">The grade of a row is that of its worst figure, and the grade of all that of the worst row. A row without a grade was not measured, or not well enough to say.</p>
</main>
</body>
</html>
`;
}

function renderRow(row: AuditedRow): string {
  const links = row.evidence.map((directory) => `<a href="${encodeURIComponent(directory)}/report.html">the run</a>`);
  return `<li>
${gradeMark(row.grade)}
<div>
<h2>${escapeHtml(row.title)}</h2>
${row.ungraded === null ? '' : `<p>${escapeHtml(row.ungraded)}</p>`}
${row.diagnosis.map(({ text }) => `<p>${escapeHtml(text)}</p>`).join('')}
${row.grade === null || row.grade === 'A' ? '' : `<p class="quiet">What helps: ${escapeHtml(row.advice)}.</p>`}
${row.figures.length === 0 ? '' : `<div class="scroll">${renderFigures(row.figures)}</div>`}
${links.length === 0 ? '' : `<p>${links.join(', ')}</p>`}
</div>
</li>`;
}

function renderFigures(figures: readonly AuditFigure[]): string {
  const rows = figures.map(
    ({ metric, operator, actual, grade, limits, reason }) =>
      `<tr><td>${escapeHtml(metric)}</td><td class="figure">${escapeHtml(actual)}</td><td>${grade ?? '–'}</td><td class="quiet" title="${escapeHtml(reason)}">${escapeHtml(`${operator} ${limits.join(', ')}`)}</td></tr>`,
  );
  return `<table><thead><tr><th>figure</th><th class="figure">actual</th><th>grade</th><th>for A, B, C, D</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function gradeMark(grade: AuditResult['grade']): string {
  return `<span class="grade grade-${grade ?? 'none'}" aria-label="${grade === null ? 'no grade' : `grade ${grade}`}">${grade ?? '–'}</span>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
