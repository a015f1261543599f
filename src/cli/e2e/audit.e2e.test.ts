import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditResult } from '../../result/audit-result.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-audit-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

describe('an audit of the embedded cluster', () => {
  it.each([
    ['own-copy', 'duplicated'],
    ['no-room-check', 'misrouted'],
    ['swallowed-errors', 'lost'],
  ])('with the defect %s gives F for what is %s, and begins with it', async (defect, metric) => {
    const flags = ['--quick', '--target', 'embedded', '--rows', 'tails', '--defect', defect];
    const { stdout, stderr } = await runChatbench(['audit', ...flags, '--out', out, '--json'], out);
    const audit = auditResult.parse(JSON.parse(stdout));
    expect(audit.grade, stderr).toBe('F');
    const [row] = audit.rows;
    expect(row!.figures.filter(({ grade }) => grade === 'F').map((figure) => figure.metric)).toContain(metric);
    expect(audit.first).toMatchObject({ row: 'tails' });
  });

  it('of a server that is not there ends with 3, whichever row is first', async () => {
    const plain = join(out, 'plain.yaml');
    writeFileSync(plain, "url: '{endpoint}/{room}'\nsend: { text: '{body}' }\n");
    const flags = ['--quick', '--target', 'ws://127.0.0.1:9/', '--protocol', plain, '--rows', 'tails,burst'];
    const { code, stderr } = await runChatbench(['audit', ...flags, '--out', out, '--json'], out);
    expect(code, stderr).toBe(3);
  });

  it('that is sound leaves a page, a badge, and the run of every row', async () => {
    const flags = ['--quick', '--target', 'embedded', '--rows', 'returning,failures'];
    const { code, stdout, stderr } = await runChatbench(['audit', ...flags, '--out', out, '--json'], out);
    const audit = auditResult.parse(JSON.parse(stdout));
    // 5 is for a machine too busy to know.
    expect([0, 5], stderr).toContain(code);
    for (const { figures } of audit.rows)
      expect(figures.find(({ metric }) => metric === 'lost')).toMatchObject({ grade: 'A', actual: '0' });
    const directory = join(out, audit.id);
    expect(readdirSync(directory).sort()).toEqual([
      ...['01-returning', '02-failures', 'audit.json', 'badge.svg', 'report.html'],
    ]);
    for (const evidence of audit.rows.flatMap((row) => row.evidence))
      expect(existsSync(join(directory, evidence, 'report.html'))).toBe(true);
  });
});
