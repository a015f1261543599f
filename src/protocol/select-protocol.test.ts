import { expect, it } from 'vitest';
import { redact } from '../redact.ts';
import { protocolBlock } from '../scenario/protocol-block.ts';
import { selectProtocol } from './select-protocol.ts';

const CLIENT = { client: 0, room: 0, endpoint: 'ws://127.0.0.1/' };
const described = (...subprotocols: readonly string[]) => protocolBlock.parse({ send: '{body}', subprotocols });
const TOKEN = `\${env:CHAT_TOKEN}`;

it('has variables filled in among subprotocols, and keeps secret what they and literal tokens are', async () => {
  const spec = described('chat.v1', 'Zq31abcdefgh', `bearer.${TOKEN}`);
  const protocol = await selectProtocol(spec, { CHAT_TOKEN: 'Zq32.abcdefgh' });
  expect(protocol.open(CLIENT).subprotocols).toEqual(['chat.v1', 'Zq31abcdefgh', 'bearer.Zq32.abcdefgh']);
  expect(redact('not chat.v1, Zq31abcdefgh, bearer.Zq32.abcdefgh')).toBe('not chat.v1, ***, bearer.***');
});

it.each(['Zq33/abc', 'Zq33 abc', 'Zq33abc=', 'Zq33, abc', 'Zq33\r\nX-Evil: 1', ''])(
  'refuses a variable that would break out of its subprotocol, without telling it: %j',
  async (value) => {
    await expect(selectProtocol(described(TOKEN), { CHAT_TOKEN: value })).rejects.toMatchObject({
      code: 'scenario-invalid',
      message: `protocol.subprotocols: ${TOKEN}: expected a value of letters, digits and !#$%&'*+-.^_\`|~`,
    });
  },
);

it.each([['a b'], ['{room}'], [`\${CHAT_TOKEN}`], [''], ['Zq34abc==']])(
  'takes no subprotocol that is neither a name nor a variable, and does not repeat it: %j',
  (text) => {
    const block = { send: '{body}', subprotocols: [text] };
    const { error } = protocolBlock.safeParse(block);
    expect(error?.issues[0]).toMatchObject({ path: ['subprotocols', 0] });
    expect(JSON.stringify(error?.issues)).not.toContain('Zq34');
  },
);
