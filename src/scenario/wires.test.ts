import { describe, expect, it } from 'vitest';
import { protocolBlock } from './protocol-block.ts';
import type { TemplateSpec } from './protocol-spec.ts';

function issuesOf(description: object): string {
  const parsed = protocolBlock.safeParse({ send: '{body}', ...description });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n');
}

function read(description: object): TemplateSpec {
  return protocolBlock.parse({ send: '{body}', ...description }) as TemplateSpec;
}

const HTTP = { http: { url: 'http://{host}/send', body: { text: '{body}' } } };
const POLL = { url: '{endpoint}?after={next}', next: { json: 'last' }, messages: { json: 'data.messages' } };
const STEP = { http: { url: 'http://{host}/login' } };

describe('users of a description', () => {
  it('are numbered by a name with {n}, and rows of a file by any other', () => {
    expect(read({ users: 'm{n}' })).toMatchObject({ users: 'm{n}', usersFile: null });
    expect(read({ users: 'some.csv' })).toMatchObject({
      users: 'u{n}',
      usersFile: { file: 'some.csv', whenShort: 'error', shown: [] },
    });
    const file = { file: 'some.jsonl', 'when-short': 'cycle', shown: ['tenant'] };
    expect(read({ users: file }).usersFile).toEqual({ file: 'some.jsonl', whenShort: 'cycle', shown: ['tenant'] });
  });

  it.each([
    [{ users: 'm{x}' }, 'users: unknown placeholder {x}'],
    [{ users: {} }, 'users.file: expected the name of a file, got nothing'],
    [{ users: { file: 'a.csv', 'when-short': 'wrap' } }, 'users.when-short: expected error or cycle, got "wrap"'],
    [{ users: { file: 'a.csv', short: 1 } }, 'short'],
  ])('%j: %s', (description, message) => expect(issuesOf(description)).toContain(message));
});

describe('a login', () => {
  it('is a step, a list of steps, or steps with what is beside them', () => {
    const step = { method: 'GET', url: 'http://{host}/login', headers: {}, body: null, expect: [], capture: {} };
    const login = { steps: [step], againOn: [], perSecond: null, concurrency: 64 };
    expect(read({ login: STEP }).login).toEqual(login);
    expect(read({ login: [STEP] }).login).toEqual(login);
    const whole = { login: { steps: [STEP], 'again-on': [401, 4001] }, 'login-rate': '50/s', 'login-concurrency': 8 };
    expect(read(whole).login).toEqual({ ...login, againOn: [401, 4001], perSecond: 50, concurrency: 8 });
    expect(read({ login: { ...STEP, 'again-on': 401 } }).login?.againOn).toEqual([401]);
  });

  it('says what it sends, expects and captures', () => {
    const http = { url: 'http://{host}/a', form: { 'a b': '{user}&', c: 1 } };
    const capture = { t: { json: 'a.b' }, h: { header: 'X' }, c: { cookie: 'sid' }, r: { regex: 'id=(\\w+)' } };
    const { steps } = read({ login: [{ http, expect: [200, '3xx'], capture }], url: '{endpoint}/{t}{h}{c}{r}' }).login!;
    expect(steps[0]).toEqual({
      method: 'POST',
      url: 'http://{host}/a',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { text: 'a%20b={user}%26&c=1', encoding: 'form' },
      expect: ['200', '3xx'],
      capture: {
        t: { from: 'json', path: ['a', 'b'] },
        h: { from: 'header', name: 'X' },
        c: { from: 'cookie', name: 'sid' },
        r: { from: 'regex', pattern: 'id=(\\w+)' },
      },
    });
  });

  it.each([
    [{ login: 'http://h/' }, 'login: expected { http:'],
    [{ login: [] }, 'login: expected a list of steps'],
    [{ login: [{}] }, 'login.0.http: expected'],
    [{ login: { ...STEP, expect: 'ok' } }, 'login.expect: expected a status such as 200 or 3xx'],
    [{ login: { ...STEP, 'again-on': ['x'] } }, 'login.again-on: expected HTTP statuses and close codes'],
    [{ login: { ...STEP, capture: { user: { json: 'x' } } } }, 'login.capture.user: {user} stands for something else'],
    [{ login: { ...STEP, capture: { t: { jsn: 'x' } } } }, 'login.capture.t: expected one of { json: data.token }'],
    [
      { login: { ...STEP, capture: { t: { regex: 'id=\\w+' } } } },
      'login.capture.t: expected a group that is the value',
    ],
    [
      { login: { http: { url: 'http://{host}.evil/', form: {} } } },
      'login.http.form: expected fields and their values',
    ],
    [{ login: { http: { ...STEP.http, body: 'a', form: { b: 'c' } } } }, 'expected either body or form'],
    [{ login: { http: { url: 'http://{token}/' } } }, 'login.http.url: unknown placeholder {token}'],
    [{ 'login-rate': '5/s' }, 'expected login-rate and login-concurrency only with login'],
    [{ url: '{endpoint}/{tokne}', login: { ...STEP, capture: { token: { json: 't' } } } }, 'did you mean "token"?'],
    [
      { open: [{ await: 'x', capture: { t: { header: 'X' } } }] },
      'open.0.capture.t: expected one of { json: data.token }',
    ],
  ])('%j: %s', (description, message) => expect(issuesOf(description)).toContain(message));
});

describe('a transport', () => {
  it('by HTTP has a stream, or polls, and sends by HTTP', () => {
    expect(read({ transport: 'sse', url: '{endpoint}/events', send: HTTP })).toMatchObject({
      transport: 'sse',
      poll: null,
    });
    expect(read({ transport: 'long-poll', poll: { ...POLL, from: 0 }, send: HTTP })).toMatchObject({
      transport: 'long-poll',
      url: '{endpoint}?after={next}',
      poll: { url: '{endpoint}?after={next}', next: ['last'], messages: ['data', 'messages'], from: '0' },
    });
  });

  it.each([
    [{ transport: 'carrier-pigeon' }, 'transport: expected websocket, sse, long-poll or mqtt, got "carrier-pigeon"'],
    [{ transport: 'sse' }, 'send: expected { http: … } with transport: sse'],
    [{ transport: 'sse', send: HTTP, url: 'ws://{host}/' }, 'url: expected an http:// or https:// address'],
    [{ transport: 'sse', send: HTTP, open: [{ send: 'x' }] }, 'open: expected no frames that are sent'],
    [{ transport: 'sse', send: HTTP, heartbeat: { every: '1s', ping: true } }, 'heartbeat: expected none'],
    [{ transport: 'sse', send: HTTP, frames: 'binary' }, 'frames: expected text'],
    [{ transport: 'long-poll', send: HTTP }, 'poll: expected { url:'],
    [{ poll: POLL }, 'poll: expected { url:'],
    [{ transport: 'long-poll', send: HTTP, poll: { ...POLL, next: 'last' } }, 'poll.next: expected a member such as'],
    [{ url: 'http://{host}/' }, 'url: expected a ws:// or wss:// address, or transport: sse or long-poll'],
    [{ frames: 'bytes' }, 'frames: expected text or binary'],
  ])('%j: %s', (description, message) => expect(issuesOf(description)).toContain(message));
});
