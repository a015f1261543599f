import { expect, it } from 'vitest';
import { echoProtocol } from '../../protocol/adapters/echo.ts';
import { rememberSecret } from '../../redact.ts';
import { concludeProbe } from './conclude-probe.ts';
import type { ProbeOutcome } from './probe-server.ts';

const NOTHING: ProbeOutcome = {
  events: [],
  refusal: null,
  stuck: null,
  ended: [],
  shared: [],
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

it('tells who got in and who did not, how a connection ended, and that both have the same token', () => {
  const refusal = {
    outcome: 'refused',
    detail: 'HTTP status 409',
    answer: { status: 409, location: null },
    user: 1,
  } as const;
  expect(concludeProbe({ ...NOTHING, refusal, shared: ['header Authorization'] }, echoProtocol)).toMatchObject({
    status: 'mend',
    text: 'user 0 got in, and user 1 did not: HTTP status 409; both users have the same token (header Authorization)',
  });
  const ended = [{ user: 0, reason: 'closed with 4009: replaced' }];
  expect(
    concludeProbe({ ...NOTHING, ended, shared: ['parameter token'] }, { ...echoProtocol, name: 'mine' }).text,
  ).toBe(
    'the server ended the connection of user 0 after it had joined: closed with 4009: replaced; both users have the same token (parameter token)',
  );
  expect(concludeProbe({ ...NOTHING, ended }, { ...echoProtocol, name: 'mine' }).remedy).toContain("server's log");
  const stuck = { user: 1, step: 2, reason: 'closed with 1008: policy violation' };
  expect(concludeProbe({ ...NOTHING, stuck }, echoProtocol).text).toBe(
    'user 0 joined; user 1 did not get past step 2 of the opening: closed with 1008: policy violation',
  );
});
