import { describe, expect, it } from 'vitest';
import { echoProtocol } from '../../protocol/adapters/echo.ts';
import type { ChatProtocol, Opening } from '../../protocol/chat-protocol.ts';
import { rememberSecret } from '../../redact.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import type { Connection } from '../connection.ts';
import { NO_ANSWER, OpeningSteps } from './opening-steps.ts';

const is = (text: string) => (frame: Buffer) => frame.toString() === text;
const OPENING: Opening = {
  url: 'ws://virtual',
  subprotocols: [],
  headers: {},
  frames: ['hello'],
  readyFrames: 1,
  isReady: is('welcome'),
  furtherSteps: [
    { frames: ['join a', 'join b'], readyFrames: 2, isReady: is('joined') },
    { frames: ['start'], readyFrames: 0 },
  ],
};

function open(opening: Opening, protocol: ChatProtocol = echoProtocol) {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const steps = new OpeningSteps(opening, protocol);
  const connection = { sendText: (text: string) => sent.push(text) } as unknown as Connection;
  const take = (text: string) => steps.take(Buffer.from(text));
  return {
    steps,
    sent,
    take,
    begin: () => steps.begin(connection),
    end: () => clock.runUntil(steps.within(clock, 1000)),
  };
}

describe('the steps of an opening', () => {
  it('are taken one after the other, each once the one before has what it waits for', async () => {
    const { sent, take, begin, end } = open(OPENING);
    begin();
    expect(sent).toEqual(['hello']);
    expect(take('joined')).toBe(false);
    expect(take('welcome')).toBe(true);
    expect(sent).toEqual(['hello', 'join a', 'join b']);
    expect([take('joined'), take('welcome'), take('joined'), take('joined')]).toEqual([true, false, true, false]);
    expect(sent).toEqual(['hello', 'join a', 'join b', 'start']);
    expect(await end()).toBe(null);
  });

  it('count a greeting that comes before the WebSocket is known to be open', () => {
    const { sent, take, begin } = open(OPENING);
    expect(take('welcome')).toBe(true);
    expect(sent).toEqual([]);
    begin();
    expect(sent).toEqual(['hello', 'join a', 'join b']);
  });

  it('are over at once where there is nothing to wait for', async () => {
    const { sent, begin, end } = open({ ...OPENING, readyFrames: 0, furtherSteps: [] });
    begin();
    expect(sent).toEqual(['hello']);
    expect(await end()).toBe(null);
  });

  it('end with the reason where they fail, and with no answer where nothing comes', async () => {
    const failing = open(OPENING);
    failing.begin();
    failing.steps.fail('closed');
    expect(await failing.end()).toBe('closed');
    const silent = open(OPENING);
    silent.begin();
    expect(await silent.end()).toBe(NO_ANSWER);
  });

  it.each([
    `${'x'.repeat(190)}Zq61KaleidoscopeAtMidnight`,
    `{"type":"error","why":"${'x'.repeat(150)}","token":"Zq61Kaleidoscope"}`,
  ])('end with a refusal that has neither a secret nor the half of one: %s', async (refusal) => {
    rememberSecret('Zq61KaleidoscopeAtMidnight');
    const refused = open(OPENING, { ...echoProtocol, classify: () => 'error' });
    refused.begin();
    expect(refused.take(refusal)).toBe(true);
    const reason = await refused.end();
    expect(reason).toContain(refusal.slice(0, 150));
    expect(reason).not.toContain('Zq');
    expect(reason!.length).toBeLessThanOrEqual(200);
  });
});
