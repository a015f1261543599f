import { expect, it } from 'vitest';
import type { ProbeOutcome } from '../generator/probe/probe-server.ts';
import { describeProbe } from './describe-probe.ts';

const CONCLUSION = { status: 'works', text: 'works', remedy: null } as const;

function describeFrame(text: string): string {
  const events = [{ atUs: 1500, user: 0, direction: 'in', text, meaning: 'message' }] as const;
  return describeProbe({ events } as unknown as ProbeOutcome, CONCLUSION);
}

it('a frame that is cut says so, and how long it was', () => {
  expect(describeFrame('x'.repeat(1234))).toContain(` ${'x'.repeat(300)}… (1,234 characters)\n`);
  expect(describeFrame('x'.repeat(300))).toContain(` ${'x'.repeat(300)}\n`);
});
