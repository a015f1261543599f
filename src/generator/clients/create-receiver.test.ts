import { describe, expect, it } from 'vitest';
import { echoProtocol } from '../../protocol/adapters/echo.ts';
import { readErrorCode } from '../../protocol/read-error-code.ts';
import { selectProtocol } from '../../protocol/select-protocol.ts';
import { protocolBlock } from '../../scenario/protocol-block.ts';
import { populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { createVirtualEcho } from '../../testing/virtual-server.ts';
import type { Connection, ConnectionListener, Connector } from '../connection.ts';
import { fillTemplate } from '../http/fill-template.ts';

/** Refuses every message under a code of its own choice, and greets every client with an error. */
async function runRefused(kind: 'error' | 'limited') {
  const clock = new VirtualClock();
  const echo = createVirtualEcho(clock, (atUs) => atUs + 1000);
  const connector: Connector = {
    async connect(opening, timeoutUs, listener) {
      clock.after(500_000, () => listener.onFrame(Buffer.from('{"code":"maintenance"}')));
      return echo.connect(opening, timeoutUs, listener);
    },
  };
  let answers = 0;
  const protocol = {
    ...echoProtocol,
    acknowledges: true,
    classify: () => kind,
    readCode: (frame: Buffer) => readErrorCode(frame) ?? (answers++ % 4 === 0 ? 'forbidden' : 'overloaded'),
  };
  return runShardOn(clock, connector, { population: populationFixture(4, 1) }, { protocol });
}

it.each(['error', 'limited'] as const)(
  'counts refusals of kind %s by their code, those of measure alone',
  async (kind) => {
    const { ledger, refusals } = await runRefused(kind);
    expect(ledger.rejected).toBe(ledger.sent);
    expect(ledger.limited).toBe(kind === 'limited' ? ledger.sent : 0);
    expect(refusals.map(({ code }) => code)).toEqual(['overloaded', 'forbidden']);
    expect(refusals.reduce((sum, { count }) => sum + count, 0)).toBe(ledger.rejected);
  },
);

it('counts errors that name no message besides', async () => {
  expect((await runRefused('error')).serverErrors).toEqual([{ code: 'maintenance', count: 4 }]);
});

/**
 * Rooms of two in JSON: a message is acknowledged to its sender and reaches the other one. What gathers for a client in 20 ms goes
 * out as one frame, joined by `separator`; every fifth message is refused, if `refuses`.
 */
function createGatheringChat(clock: VirtualClock, separator: string, answer: Answer): Connector {
  const members: { listener: ConnectionListener; gathered: string[] }[] = [];
  let heard = 0;
  const send = (member: (typeof members)[number], record: string) => {
    if (member.gathered.push(record) > 1) return;
    clock.after(20_000, () => member.listener.onFrame(Buffer.from(member.gathered.splice(0).join(separator))));
  };
  return {
    async connect(_opening, _timeoutUs, listener) {
      const me = { listener, gathered: [] };
      const index = members.push(me) - 1;
      const connection: Connection = {
        isOpen: true,
        bufferedBytes: 0,
        sendText() {},
        sendPing() {},
        pauseReading() {},
        resumeReading() {},
        close() {},
        sendMessages(templates, room, sequences, payloads, onWrite) {
          onWrite?.(sequences);
          for (const [i, sequence] of sequences.entries()) {
            const { seq, text } = JSON.parse(String(fillTemplate(templates[payloads[i]!]!, sequence, room)));
            const isRefused = ++heard % 5 === 0 && answer.refuses;
            if (!isRefused) send(members[index ^ 1]!, JSON.stringify({ text }));
            send(me, isRefused ? answer.refusal(seq, text) : answer.ack(seq, text));
          }
        },
      };
      return { outcome: 'ok', connection };
    },
  };
}

interface Answer {
  readonly refuses: boolean;
  ack(seq: string, text: string): string;
  refusal(seq: string, text: string): string;
}

const BY_MARKER = {
  ack: (_seq: string, text: string) => JSON.stringify({ ok: text.slice(0, 30) }),
  refusal: (_seq: string, text: string) => JSON.stringify({ no: text.slice(0, 30) }),
};
const BY_NUMBER = {
  ack: (seq: string) => `{"re":${seq}}`,
  refusal: (seq: string) => `{"no":"too_fast","of":${seq}}`,
};

async function runGathering(separator: string, answer: Answer, described: object) {
  const clock = new VirtualClock();
  const protocol = await selectProtocol(
    protocolBlock.parse({ send: { seq: '{seq}', text: '{body}' }, error: '"no"', ...described }),
    {},
  );
  const { ledger, connections } = await runShardOn(
    clock,
    createGatheringChat(clock, separator, answer),
    { population: populationFixture(4, 2) },
    { protocol },
  );
  return { ...ledger, untold: connections.untoldFrames };
}

describe('a frame that holds several messages', () => {
  const ACK = { ack: '"ok"' };
  const NUMBERED = { ack: { regex: '"re":(1\\d{10})' } };

  it.each([
    ['\n', BY_MARKER, { ...ACK, separator: '\n' }],
    ['\x1e', BY_MARKER, { ...ACK, separator: '\x1e' }],
    ['\n', BY_NUMBER, { ...NUMBERED, separator: '\n' }],
  ])(
    'has every record counted by itself, refusals too, where the separator %j is known',
    async (separator, answer, rules) => {
      const counts = await runGathering(separator, { ...answer, refuses: true }, rules);
      const refused = Math.floor(counts.sent / 5);
      expect(counts).toMatchObject({ rejected: refused, acked: counts.sent - refused, untold: 0, duplicated: 0 });
      expect(counts).toMatchObject({ once: counts.sent - refused, lost: refused, misrouted: 0 });
    },
  );

  it.each([
    ['\n', BY_MARKER, ACK],
    ['', BY_MARKER, ACK],
    [',', BY_NUMBER, NUMBERED],
  ])(
    'joined by %j has its messages and acknowledgements told apart where nothing is known',
    async (separator, answer, rules) => {
      const counts = await runGathering(separator, { ...answer, refuses: false }, rules);
      expect(counts).toMatchObject({ once: counts.sent, acked: counts.sent, lost: 0, duplicated: 0, untold: 0 });
    },
  );

  it('is said to be beyond telling where a refusal is among acknowledgements', async () => {
    const { untold, rejected, sent } = await runGathering('\n', { ...BY_MARKER, refuses: true }, ACK);
    expect(untold).toBeGreaterThan(0);
    expect(rejected).toBeLessThan(sent / 5);
  });
});

it.each([
  ['by its group', { error: { regex: '"no":.*(1\\d{10})' } }],
  ['by any number in it', { error: '"no"' }],
])('counts a refusal that carries the number of its message as refused: %s', async (_how, rules) => {
  const counts = await runGathering(
    '|',
    { ...BY_NUMBER, refuses: true },
    { ack: { regex: '"(?:re|of)":(1\\d{10})' }, separator: '|', ...rules },
  );
  expect(counts.rejected).toBe(Math.floor(counts.sent / 5));
});
