import { describe, expect, it } from 'vitest';
import { fillTemplate } from '../../generator/http/fill-template.ts';
import { createMarker } from '../../record/marker.ts';
import { protocolBlock } from '../../scenario/protocol-block.ts';
import type { TemplateSpec } from '../../scenario/protocol-spec.ts';
import { createTemplateProtocol } from '../adapters/template.ts';
import type { SendTemplate } from '../chat-protocol.ts';
import { traceOf } from './traceparent.ts';

const MARKER = createMarker('ab9z', 3);
const BODY = 'Zqcbab9zs003n0000000258r000007 the quick brown fox jumps over the lazy d';

function templateOf(send: unknown): SendTemplate {
  const spec = protocolBlock.parse({ send }) as TemplateSpec;
  const client = { client: 1, room: 7, endpoint: 'ws://h' };
  return createTemplateProtocol(spec, {}).encodeSend(client, MARKER, BODY.length);
}

/** What message 258 to room 7 is. */
function frameOf(send: unknown): string {
  return fillTemplate(templateOf(send), 258, 7).toString();
}

describe('a frame that is sent', () => {
  it('has the length of its body', () => {
    expect(frameOf('PUB {room} {length}\r\n{body}\r\n')).toBe(`PUB r7 ${BODY.length}\r\n${BODY}\r\n`);
  });

  it('has a trace of its own, which follows from the marker', () => {
    const run = Buffer.from('ab9z').toString('hex');
    expect(frameOf('{traceparent} {body}')).toBe(`00-${run}000000030000000000000102-${run}00000102-01 ${BODY}`);
  });

  it('may have its trace in a header of its request', () => {
    const http = {
      url: 'http://{host}/',
      headers: { traceparent: '{traceparent}', 'x-room': '{room}' },
      body: '{body}',
    };
    const { request } = templateOf({ http });
    const run = Buffer.from('ab9z').toString('hex');
    expect(request?.headers).not.toHaveProperty('traceparent');
    expect(request?.headers['x-room']).toBe('r7');
    expect(request?.headersOf?.(258)).toEqual({ traceparent: `00-${run}000000030000000000000102-${run}00000102-01` });
    expect(traceOf(MARKER, 258)).toEqual({ traceId: `${run}000000030000000000000102`, spanId: `${run}00000102` });
  });

  it('has an id of its own, and the time of its write', () => {
    const [uuid, now] = frameOf('{uuid} {now} {body}').split(' ');
    expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{4}00000102$/);
    expect(Math.abs(Number(now) - Date.now())).toBeLessThan(60_000);
  });

  it('may be JSON in JSON, with all that differs between messages in it', () => {
    const inner = '{"to":"{room}","at":{now},"n":{seq},"trace":"{traceparent}","text":"{body}"}';
    const [text] = JSON.parse(frameOf(`[{json:${inner}}]`));
    expect(JSON.parse(text)).toMatchObject({ to: 'r7', n: 10000000258, text: BODY });
    const [twice] = JSON.parse(frameOf(`[{json:["u",{json:${inner}}]}]`));
    const [, nested] = JSON.parse(twice);
    expect(JSON.parse(nested)).toMatchObject({
      n: 10000000258,
      text: BODY,
      trace: expect.stringMatching(/00000102-01$/),
    });
  });

  it('may be a form', () => {
    const http = { url: 'http://{host}/', form: { 'to whom': '{room} & co', text: '{body}' } };
    const fields = new URLSearchParams(frameOf({ http }));
    expect([...fields]).toEqual([
      ['to whom', 'r7 & co'],
      ['text', BODY],
    ]);
  });

  it('may be a form with JSON in it', () => {
    const data = '{json:{"to":"{room}","n":{seq},"text":"{body}"}}';
    const fields = new URLSearchParams(frameOf({ http: { url: 'http://{host}/', form: { data } } }));
    expect(JSON.parse(JSON.parse(fields.get('data')!))).toEqual({ to: 'r7', n: 10000000258, text: BODY });
  });
});

it.each([
  [{ send: '{base64:{body}}' }, 'expected nothing within {base64:…} that differs between messages, got {body}'],
  [
    { send: { http: { url: 'http://{host}/', form: { text: '{body}', basic: '{base64:{id}}' } } } },
    'expected nothing within {base64:…} that differs between messages, got {id}',
  ],
  [{ send: { text: '{body}', more: '{json:{room}}' } }, 'expected {json:…} in a frame that is a text'],
  [{ send: '{body}', url: '{endpoint}/{length}' }, 'unknown placeholder {length}'],
  [{ send: '{body}', url: '{endpoint}/{user.id}' }, 'unknown placeholder {user.id}, expected `users: FILE`'],
])('%j is refused', (description, message) => {
  const parsed = protocolBlock.safeParse(description);
  expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(message);
});
