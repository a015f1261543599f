import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { echoProtocol } from '../../protocol/adapters/echo.ts';
import type { MessageHistory } from '../../protocol/chat-protocol.ts';
import { selectProtocol } from '../../protocol/select-protocol.ts';
import { protocolBlock } from '../../scenario/protocol-block.ts';
import { buildScenarioFixture, targetFixture } from '../../testing/plan-fixture.ts';
import { admitTarget, listAddresses } from './admit-target.ts';

const REACH = { allowTarget: [], insecure: false };

const directory = mkdtempSync(join(tmpdir(), 'chatbench-admit-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const CHAT = `
  name: 'mine', senderReceives: true, acknowledges: false,
  open: ({ endpoint }) => ({ url: endpoint, subprotocols: [], headers: {}, frames: [], readyFrames: 0 }),
  encodeSend: (_client, marker) => ({ frame: Buffer.from(marker), markerOffsets: [0] }),
  classify: () => 'message',
`;
const SIGNALS = `
  signals: { encodeTyping: () => Buffer.from('t'), encodeReceipt: () => ({ frame: Buffer.alloc(10), positionOffset: 0 }), readSignal: () => null },
  history: { readPosition: () => -1, urlAfter: () => 'http://127.0.0.1:9/', readPage: () => [] },
`;

function scenarioWith(name: string, members: string) {
  const file = join(directory, `${name}.mjs`);
  writeFileSync(file, `export const protocol = {${members}};`);
  return buildScenarioFixture({
    protocol: { kind: 'module', file },
    target: targetFixture({ kind: 'external', url: 'ws://127.0.0.1:9/' }),
    traffic: [{ kind: 'typing', perSecond: 5 }],
  });
}

describe('a scenario with traffic beside messages', () => {
  it('is refused in one line where a module does not say how', async () => {
    const admission = admitTarget(scenarioWith('silent', CHAT), REACH);
    await expect(admission).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(
        /silent\.mjs: expected "signals" and "history" for a scenario with traffic, or no traffic$/,
      ),
    });
  });

  it('is admitted where it does', async () => {
    const admission = admitTarget(scenarioWith('talkative', CHAT + SIGNALS), REACH);
    await expect(admission).resolves.toMatchObject({ publicHosts: [] });
  });
});

const ENDPOINT = 'ws://127.0.0.1:8080';

it('lists where clients connect, where they send to, and where they fetch what they have missed', async () => {
  const http = { url: 'http://sender.example/{room}', body: '{body}' };
  const spec = protocolBlock.parse({ url: 'ws://chat.example/{room}/{user}', send: { http } });
  expect(listAddresses(await selectProtocol(spec, {}), ENDPOINT)).toEqual([
    ENDPOINT,
    'ws://chat.example/r0/u0',
    'http://sender.example/r0',
  ]);
  const history: MessageHistory = {
    readPosition: () => -1,
    urlAfter: ({ room }, position) => `http://history.example/${room}/${position}`,
    readPage: () => [],
  };
  expect(listAddresses({ ...echoProtocol, history }, ENDPOINT)).toContain('http://history.example/0/0');
});

it.each(['room', 'direct', 'group', 'everyone', 'presence'] as const)(
  'leads nowhere else with the reference protocol that delivers to %s',
  async (deliver) => {
    const protocol = await selectProtocol({ kind: 'reference', deliver, send: 'websocket' }, {});
    const hosts = listAddresses(protocol, ENDPOINT).map((url) => new URL(url).host);
    expect([...new Set(hosts)]).toEqual(['127.0.0.1:8080']);
  },
);

it('refuses flags of TLS where nothing is encrypted', async () => {
  const scenario = buildScenarioFixture();
  await expect(admitTarget(scenario, { ...REACH, insecure: true })).rejects.toThrow(/a server of your own/);
});
