import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { contractChecks } from '../../contract.ts';
import { createTemplateProtocol } from '../../protocol/adapters/template.ts';
import { PROTOCOL_NAMES } from '../protocol-block.ts';
import type { TemplateSpec } from '../protocol-spec.ts';
import { readProtocol } from '../read-protocol.ts';

const page = readFileSync(new URL('../../../docs/presets.md', import.meta.url), 'utf8');
const described = [...page.matchAll(/^## (\S+)\n\n```yaml \1\.yaml\n(.*?)^```$/gms)].map(
  ([, name, text]) => [name!, text!] as const,
);

function read(text: string) {
  const { parsed, problems } = readProtocol(text, 'p.yaml', '--protocol', {});
  return { spec: parsed.ok ? (parsed.value as TemplateSpec) : null, problems: problems.map(({ line }) => line) };
}

const protocolOf = (text: string) => createTemplateProtocol(read(text).spec!, {});

it('the page of presets has a section for each, and a row in its table', () => {
  const names = PROTOCOL_NAMES.slice(2).toSorted();
  expect(described.map(([name]) => name).sort()).toEqual(names);
  expect([...page.matchAll(/^\| \[(\S+)\]/gm)].map(([, name]) => name).sort()).toEqual(names);
});

it.each(described)('%s: the description of the page is one without problems, and keeps the contract', (name, text) => {
  const { spec, problems } = read(text);
  expect(problems).toEqual([]);
  expect(spec).toMatchObject({ kind: 'template', name });
  const protocol = protocolOf(text);
  for (const { name: check, check: run } of contractChecks) {
    // A session of SockJS is another one for each connection; what is received is below, and against servers elsewhere.
    if (
      (name === 'sockjs' && /same each time/.test(check)) ||
      !/^(?:connects|sends|lets|refuses|beats|survives)/.test(check)
    )
      continue;
    run(protocol, { frames: () => [] });
  }
});

const MARKER = 'Zqcbab9zs000n0000000007r000000';
const TEXT = `${MARKER} hello`;

it.each([
  ['socket.io', `42/chat,["message",{"text":"${TEXT}"}]`, 'message'],
  ['socket.io', '43/chat,10000000007[]', 'ack', 7],
  ['socket.io', '43/chat,10000000007[{"error":"no"}]', 'error', 7],
  ['mqtt', `PUBLISH chat/r0\n${TEXT}`, 'message'],
  ['mqtt', 'PUBACK 10000000007', 'ack', 7],
  ['mqtt', 'REFUSED 10000000007 reason 135', 'error', 7],
  ['mqtt', 'REFUSED SUBACK 128', 'error'],
  ['nats', TEXT, 'message'],
  ['nats', "-ERR 'Permissions Violation'", 'error'],
  ['graphql-ws', `{"id":"room","type":"next","payload":{"data":{"message":{"text":"${TEXT}"}}}}`, 'message'],
  ['graphql-ws', `{"id":"${MARKER}","type":"complete"}`, 'ack'],
  ['graphql-ws', `{"id":"${MARKER}","type":"next","payload":{"errors":[{"message":"no"}]}}`, 'error'],
  ['xmpp', `<message type='groupchat' from='r0@c/u1'><body>${TEXT}</body></message>`, 'message'],
  ['xmpp', `<message type='error' id='${MARKER}'><error/></message>`, 'error'],
  ['phoenix', `[null,null,"room:r0","new_msg",{"body":"${TEXT}"}]`, 'message'],
  ['phoenix', '["1","10000000007","room:r0","phx_reply",{"response":{},"status":"ok"}]', 'ack', 7],
  ['phoenix', '["1","10000000007","room:r0","phx_reply",{"response":{"reason":"no"},"status":"error"}]', 'error', 7],
  ['signalr', `{"type":1,"target":"message","arguments":["${TEXT}"]}`, 'message'],
  ['signalr', '{"type":3,"invocationId":"10000000007","result":null}', 'ack', 7],
  ['signalr', '{"type":3,"invocationId":"10000000007","error":"no"}', 'error', 7],
  ['signalr', '{"type":6}', 'other'],
  ['centrifugo', `{"push":{"channel":"chat:r0","pub":{"data":{"text":"${TEXT}"}}}}`, 'message'],
  ['centrifugo', '{"id":1000000007,"publish":{}}', 'ack', 7],
  ['centrifugo', '{"id":1000000007,"error":{"code":103,"message":"permission denied"}}', 'error', 7],
  ['centrifugo', '{"id":1,"error":{"code":101,"message":"unauthorized"}}', 'error'],
  ['action-cable', `{"identifier":"{}","message":{"text":"${TEXT}"}}`, 'message'],
  ['action-cable', '{"identifier":"{}","type":"reject_subscription"}', 'error'],
  ['pusher', '{"event":"pusher:error","data":{"code":4301}}', 'error'],
])('%s: %s is of kind %s', (name, frame, kind, sequence?: number) => {
  const protocol = protocolOf(described.find(([preset]) => preset === name)![1]);
  expect(protocol.classify(Buffer.from(frame))).toBe(kind);
  if (sequence !== undefined) expect(protocol.readSequences?.(Buffer.from(frame))).toEqual([sequence]);
});

it('values are quoted for the XML and the JSON within JSON that they stand in', () => {
  const session = {
    value: (name: string) => (name === 'user' ? `a"<b>&'` : undefined),
    capture() {},
    cookieFor: () => null,
    takeCookies() {},
    place: { id: null, retryUs: 0 },
  };
  const client = { client: 0, room: 0, endpoint: 'ws://a:1', session };
  const xmpp = protocolOf('{ use: xmpp, users: "u{n}" }').open(client).furtherSteps!.at(-1)!.frames[0];
  expect(xmpp).toContain('/a&quot;&lt;b&gt;&amp;&apos;"');
  const cable = protocolOf('{ use: action-cable, channel: { channel: C, who: "{user}" } }').open(client);
  const { identifier } = JSON.parse(String(cable.furtherSteps![0]!.frames[0]));
  expect(JSON.parse(identifier)).toEqual({ channel: 'C', who: `a"<b>&'` });
});

it.each([
  ['{ use: mqtt, sender-receives: false }', /expected version: '5' with sender-receives: false/],
  ['{ use: pusher, key: k }', /expected secret: .* or send: \{ http/],
  ['{ use: nats, subject: "a b" }', /subject: expected a text without blanks/],
  ['{ use: mqtt, qos: 2 }', /qos: expected 0 or 1/],
])('%s has a line', (text, problem) => expect(read(text).problems).toEqual([expect.stringMatching(problem)]));
