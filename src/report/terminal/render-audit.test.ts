import { describe, expect, it } from 'vitest';
import { AUDIT } from '../../gate/audit/audit-rows.ts';
import { buildAudit, composeRow, leaveUngraded } from '../../gate/audit/build-audit.ts';
import { smallResult } from '../../testing/small-result.ts';
import { renderAuditPage } from '../audit/render-audit-page.ts';
import { renderBadge } from '../audit/render-badge.ts';
import { displayWidth } from './display-width.ts';
import { renderAudit } from './render-audit.ts';

const figure = (metric: string, actual: string, grade: 'A' | 'D' | null) => ({
  ...{ metric, actual, grade, operator: '<', limits: ['100ms', '200ms'], reason: '"felt" & <known>' },
});
const [capacity, tails, burst] = AUDIT;
const audit = buildAudit({
  ...{ id: 'a', startedAt: '2026-01-01T00:00:00.000Z', command: [], quick: true },
  targetName: 'ws://host/<b>\u001b[2J',
  environment: smallResult().environment,
  rows: [
    composeRow(capacity!, [figure('capacity', '1,200/s', 'A')], [], ['00-capacity']),
    composeRow(tails!, [figure('delivery.p95', '910 ms', 'D'), figure('lost', '0', 'A')], [], ['01-tails']),
    leaveUngraded(burst!, 'the target was lost while something that takes a long line to tell went on'),
  ],
  interruptedBy: null,
});

describe('an audit at a terminal', () => {
  const text = renderAudit(audit, { color: false, columns: 80, files: ['reports/a/report.html'] });

  it('tells the grade first, each row with what decides it, and what to do', async () => {
    await expect(text).toMatchFileSnapshot('./snapshots/audit.txt');
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });
});

describe('the page of an audit', () => {
  const page = renderAuditPage(audit);

  it('has no script, loads nothing, and takes no text for markup', () => {
    expect(page).not.toMatch(/<script|<b>|src=/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('ws://host/&#60;b&#62;');
    expect(page).toContain('&#34;felt&#34; &#38; &#60;known&#62;');
  });

  it('leads to the runs that it rests on', () => {
    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      ...['00-capacity/report.html', '01-tails/report.html'],
    ]);
  });
});

it.each(['A', 'F', null] as const)('the badge of %s names it for who sees it and who hears it', (grade) => {
  const badge = renderBadge(grade);
  expect(badge).toContain(`aria-label="chat audit: ${grade ?? '–'}"`);
  expect(badge).toContain(`>${grade ?? '–'}</text>`);
});
