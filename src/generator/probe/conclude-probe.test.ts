import { expect, it } from 'vitest';
import { echoProtocol } from '../../protocol/adapters/echo.ts';
import { rememberSecret } from '../../redact.ts';
import { concludeProbe } from './conclude-probe.ts';
import type { ProbeOutcome } from './probe-server.ts';

const NOTHING: ProbeOutcome = {
  events: [],
  refusal: null,
  stuck: null,
  sentAtUs: 0,
  arrived: [[], []],
  acked: [],
  bundles: [],
  rejected: null,
  request: null,
  misread: [],
  unmarkedAcks: [],
};

it('quotes a frame without its secrets, and without the part of one that the cut would leave', () => {
  rememberSecret('Zq81KaleidoscopeAtMidnight');
  const start = 'x'.repeat(150);
  const quoted = (text: string) => concludeProbe({ ...NOTHING, rejected: { text } }, echoProtocol).text;
  expect(quoted(`${start}Zq81KaleidoscopeAtMidnight`)).toBe(`the message was refused: ${start}***`);
  expect(quoted(`${start}Zq81KaleidoscopeAtMidnight was refused`)).toBe(`the message was refused: ${start}*** was re…`);
  expect(quoted(`{"type":"${'x'.repeat(130)}","token":"abcdefghijk"}`)).not.toContain('abc');
});

it('is unreachable where nobody gets in, and to be mended where the second user is turned away', () => {
  const refused = (user: number, status: number) => {
    const answer = { status, location: null };
    const refusal = { outcome: 'refused', detail: `HTTP status ${status}`, answer, user } as const;
    return concludeProbe({ ...NOTHING, refusal }, echoProtocol).status;
  };
  expect([refused(0, 404), refused(0, 502), refused(1, 403), refused(1, 502)]).toEqual([
    'unreachable',
    'unreachable',
    'mend',
    'unreachable',
  ]);
});
