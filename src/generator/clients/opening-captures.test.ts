import { describe, expect, it } from 'vitest';
import { monotonicClock } from '../../clock.ts';
import { createTemplateProtocol } from '../../protocol/adapters/template.ts';
import { protocolBlock } from '../../scenario/protocol-block.ts';
import type { TemplateSpec } from '../../scenario/protocol-spec.ts';
import type { Connection } from '../connection.ts';
import { UserSession } from '../login/client-session.ts';
import { OpeningSteps } from './opening-steps.ts';

const SPEC = protocolBlock.parse({
  open: [
    { await: { json: { t: 'hello' } }, capture: { nonce: { json: 'nonce' }, shard: { regex: 'shard-(\\d+)' } } },
    { send: { auth: '{base64:{nonce}}', on: '{shard}' } },
    { await: 'ready for {nonce}' },
  ],
  send: { nonce: '{nonce}', text: '{body}' },
}) as TemplateSpec;

function open() {
  const protocol = createTemplateProtocol(SPEC, {});
  const client = { client: 0, room: 0, endpoint: 'ws://h', session: new UserSession(null, 0) };
  const sent: string[] = [];
  const steps = new OpeningSteps(protocol.open(client), protocol);
  steps.begin({ sendText: (text: string) => sent.push(text) } as unknown as Connection);
  return { steps, sent, client, protocol, over: () => steps.within(monotonicClock, 1_000_000) };
}

describe('what the opening captures from a frame', () => {
  it('is known to the steps after it, their rules included, and to what is sent', async () => {
    const { steps, sent, client, protocol, over } = open();
    expect(steps.take(Buffer.from('{"t":"hello","nonce":"n-1 \\"é\\"","at":"shard-17"}'))).toBe(true);
    expect(sent.map((text) => JSON.parse(text))).toEqual([
      { auth: Buffer.from('n-1 "é"').toString('base64'), on: '17' },
    ]);
    expect(steps.take(Buffer.from('ready for somebody'))).toBe(false);
    expect(steps.take(Buffer.from('ready for n-1 "é"'))).toBe(true);
    expect(await over()).toBe(null);
    const { frame } = protocol.encodeSend(client, 'M'.repeat(30), 40);
    expect(JSON.parse(Buffer.from(frame).toString()).nonce).toBe('n-1 "é"');
  });

  it('fails the step where it is not there, without telling what is', async () => {
    const { steps, over } = open();
    steps.take(Buffer.from('{"t":"hello","nonse":"s3cret","at":"shard-17"}'));
    expect(await over()).toBe('nothing to capture as {nonce}: the answer has no member nonce');
  });
});
