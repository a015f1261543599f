import { expect, it } from 'vitest';
import { protocolBlock } from '../scenario/protocol-block.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { redactScenario } from './redact-scenario.ts';

it('hides tokens in headers and among subprotocols, and leaves names and variables', () => {
  const variable = `\${env:CHAT_TOKEN}`;
  const protocol = protocolBlock.parse({
    send: '{body}',
    headers: { Authorization: 'Zq21abcdefgh', 'X-Room': '{room}' },
    subprotocols: ['chat.v1', 'access_token', 'hunter', 'Zq22abcdefgh', variable],
  });
  expect(redactScenario({ protocol } as Scenario).protocol).toMatchObject({
    headers: { Authorization: '***', 'X-Room': '{room}' },
    subprotocols: ['chat.v1', 'access_token', '***', '***', variable],
  });
});
