import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EXCERPT_READS,
  excerpt,
  HIDDEN,
  hideRemembered,
  isSecretName,
  listRemembered,
  listSecretSubprotocols,
  redact,
  redactDeep,
  redactValue,
  rememberSecret,
  rememberSecretsOf,
  rememberUserSecret,
} from './redact.ts';

/** Long and odd enough not to be part of anything else in a text. */
const secret = fc.stringMatching(/^[A-Za-z0-9._~-]{3,30}$/).map((text) => `Zq${text}9x`);
const anyText = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 40 });
const secretName = fc.constantFrom(
  'token',
  'access_token',
  'api-key',
  'apiKey',
  'auth',
  'password',
  'client_secret',
  'SESSION',
  'sessionId',
  'sid',
);
const harmlessName = fc.constantFrom('room', 'user', 'author', 'device', 'monkey', 'keyboard', 'page', 'q');

describe('what is secret by its place', () => {
  it('is hidden in a query parameter, whatever stands around the address', () => {
    fc.assert(
      fc.property(secretName, harmlessName, secret, (name, other, value) => {
        const url = `ws://chat.example:8080/ws?${other}=blue&${name}=${value}&page=2`;
        const text = redact(`cannot connect to ${url}: refused`);
        expect(text).not.toContain(value);
        expect(text).toBe(
          `cannot connect to ws://chat.example:8080/ws?${other}=blue&${name}=${HIDDEN}&page=2: refused`,
        );
      }),
    );
  });

  it('is hidden in the userinfo of an address, host and path staying', () => {
    fc.assert(
      fc.property(secret, secret, (user, password) => {
        expect(redact(`wss://${user}:${password}@chat.example/ws`)).toBe(`wss://${HIDDEN}@chat.example/ws`);
        const escaped = (text: string) => text.replaceAll('/', '\\/');
        expect(redact(escaped(`"wss://${user}@chat.example/"`))).toBe(escaped(`"wss://${HIDDEN}@chat.example/"`));
      }),
    );
  });

  it('is hidden in a JSON member, also one with quotes in its value', () => {
    fc.assert(
      fc.property(secretName, anyText, anyText, (name, value, other) => {
        fc.pre(!isSecretName(other) && redact(other) === other);
        const frame = JSON.stringify({ type: 'hello', [name]: value, page: 7 });
        expect(redact(frame)).toBe(JSON.stringify({ type: 'hello', [name]: HIDDEN, page: 7 }));
      }),
    );
  });

  it('is hidden in a JSON member that is a number, a list or a mapping, in JSON within JSON, too', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      anyText,
      fc.array(fc.jsonValue({ maxDepth: 2 })),
      fc.dictionary(anyText, fc.jsonValue({ maxDepth: 2 })),
    );
    fc.assert(
      fc.property(secretName, value, fc.integer({ min: 0, max: 3 }), (name, hidden, depth) => {
        const wrap = (member: unknown) => {
          let text = JSON.stringify({ type: 'hello', [name]: member, page: 7 });
          for (let level = 0; level < depth; level++) text = JSON.stringify({ text, room: 'r1' });
          return text;
        };
        expect(redact(wrap(hidden))).toBe(wrap(HIDDEN));
      }),
    );
    expect(redact('{"pin":123456,"token":{"v":"x"},"auth":true,"password":null}')).toBe(
      `{"pin":"${HIDDEN}","token":"${HIDDEN}","auth":true,"password":null}`,
    );
  });

  it('is hidden where the text ends before the secret does', () => {
    fc.assert(
      fc.property(secretName, secret, fc.nat(), (name, value, at) => {
        const frame = `{"type":"error","${name}":{"v":["${value}"]},"${name}":"${value}"}`;
        const text = redact(frame.slice(0, at % frame.length));
        for (let end = 3; end <= value.length; end++) expect(text).not.toContain(value.slice(0, end));
      }),
    );
  });

  it('is looked for in a time that grows with the text alone, whatever the text', () => {
    for (const piece of ['\\', '"token":"\\', '\\"', '"key":{', '[', 'ws://', 'a', 'eyJ-', 'x=', '"a":'])
      expect(redact(piece.repeat(20_000 / piece.length)).length).toBeGreaterThan(0);
    expect(redact(`{"token":"${'\\'.repeat(101)}`)).toBe(`{"token":"${HIDDEN}"`);
  });

  it('is hidden in a header line and in a credential', () => {
    expect(redact('CONNECT\nlogin:guest\npasscode:hunter2!\nhost:a\n')).toBe(
      `CONNECT\nlogin:guest\npasscode:${HIDDEN}\nhost:a\n`,
    );
    expect(redact('server said: Bearer abcdefgh12345 is stale')).toBe(`server said: Bearer ${HIDDEN} is stale`);
    expect(redactValue('Authorization', 'Bearer abcdefgh')).toBe(HIDDEN);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the name of a variable is what the operator wrote
    expect(redactValue('Authorization', 'Bearer ${env:CHAT_TOKEN}')).toBe('Bearer ${env:CHAT_TOKEN}');
    expect(redactValue('User-Agent', 'chatbench')).toBe('chatbench');
  });

  it('leaves alone what has no secret in it', () => {
    const lines = [
      'my.yaml:4:3: protocol.auth: expected a mapping, got "x"',
      '--rate 0: expected a positive rate such as 1200 or 1200/s',
      'delivery.p95 < 170ms',
      'LOGIN joe hunter2',
      'ws://127.0.0.1:8080/ws?user=u1&device=d0',
      `${'HISTFAAAABx42pNpmSzMwMDAxAABzFCaEUoz2X+AsQA/awKW'}==`,
    ];
    for (const line of lines) expect(redact(line)).toBe(line);
  });
});

describe('a remembered value', () => {
  it('is hidden wherever it turns up, in any of the forms in which it travels', () => {
    fc.assert(
      fc.property(secret, anyText, anyText, (value, before, after) => {
        const odd = `${value}/+ "é`;
        rememberSecret(odd);
        const forms = [
          odd,
          encodeURIComponent(odd),
          JSON.stringify(odd).slice(1, -1),
          JSON.stringify(odd).slice(1, -1).replaceAll('/', '\\/'),
          Buffer.from(odd).toString('base64'),
        ];
        for (const form of forms) expect(redact(`${before}${form}${after}`)).not.toContain(form);
      }),
      { numRuns: 30 },
    );
  });

  it('is taken from an address that has one', () => {
    rememberSecretsOf('ws://joe:Tr0ub4dor@chat.example/ws?room=7&token=Zx81Spectrum');
    expect(redact('joe at chat.example in room 7: Tr0ub4dor, Zx81Spectrum')).toBe(
      `joe at chat.example in room 7: ${HIDDEN}, ${HIDDEN}`,
    );
  });

  it('is known to whoever is told all of them', () => {
    rememberSecret('Zq51/listed');
    expect(listRemembered()).toContain('Zq51/listed');
  });

  it('does not make words unreadable that are too short to be searched for', () => {
    rememberSecret('on');
    expect(redact('connection')).toBe('connection');
  });
});

describe('a subprotocol', () => {
  it.each([
    ['chat.v1'],
    ['v12.stomp', 'v11.stomp'],
    ['graphql-transport-ws'],
    ['wamp.2.json', 'ocpp2.0.1', 'actioncable-v1-json'],
    ['access_token'],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
    ['${env:CHAT_TOKEN}', 'chat.v1'],
    ['bearer', '${env:CHAT_TOKEN}'],
    ['bearer.${env:CHAT_TOKEN}'],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
  ])('that names a protocol or a variable is no secret: %s', (...names) => {
    expect(listSecretSubprotocols(names)).toEqual([]);
  });

  it.each<[readonly string[], readonly string[]]>([
    [['graphql-ws', 'eyJhbGciOiJIUzI1NiJ9'], ['eyJhbGciOiJIUzI1NiJ9']],
    [['chat.v1', 'f00dc0de99beef'], ['f00dc0de99beef']],
    [['access_token', 'hunter'], ['hunter']],
    [['Bearer', 'hunter', 'chat'], ['hunter']],
    [['bearer.hunter', 'chat.v1'], ['bearer.hunter']],
  ])('that carries a token is one: of %j, %j', (subprotocols, secrets) => {
    expect(listSecretSubprotocols(subprotocols)).toEqual(secrets);
  });
});

describe('an excerpt', () => {
  it('has no part of a secret that it would have been cut in', () => {
    const value = 'Zq93KaleidoscopeAtMidnight';
    rememberSecret(value);
    for (let before = 0; before <= 40; before++) {
      const text = excerpt(`${'-'.repeat(before)}${value} was refused`, 20);
      expect(text).not.toContain('Zq9');
      expect(text.length).toBeLessThanOrEqual(20);
    }
    expect(excerpt('{"type":"error","token":"Zqabcdefghijk"}', 36)).not.toContain('Zqabc');
    expect(excerpt(Buffer.from('čau, {"pin":1234}'), 200)).toBe(`čau, {"pin":"${HIDDEN}"}`);
  });

  it('has none of a text that is too long to be read, where the secrets before it are long as well', () => {
    const value = 'Zq94KaleidoscopeAtMidnight';
    rememberSecret(value);
    const end = EXCERPT_READS - 10;
    const head = `{"token":"${'t'.repeat(7_000)}"} `;
    for (const text of [`${head.padEnd(end, '.')}${value}`, Buffer.from(`${head.padEnd(end, '.')}${value}`)]) {
      expect(excerpt(text, 4_000)).not.toContain('Zq94');
    }
    expect(excerpt(`{"type":"refused"}${' '.repeat(EXCERPT_READS)}`, 18)).toBe('{"type":"refused"}');
  });
});

it('redacts data to any depth, and adds up what shares a name afterwards', () => {
  const data = {
    list: [{ url: 'ws://a/?token=Zq1111' }],
    counts: { 'ws://a/?token=1x': 2, 'ws://a/?token=2y': 3 },
    none: null,
  };
  expect(redactDeep(data)).toEqual({
    list: [{ url: `ws://a/?token=${HIDDEN}` }],
    counts: { [`ws://a/?token=${HIDDEN}`]: 5 },
    none: null,
  });
});

describe('secrets of users', () => {
  it('are hidden in all forms, the longest that fits first, and nothing else with them', () => {
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 20 }), anyText, (secrets, around) => {
        const before = redact(around);
        for (const value of secrets) rememberUserSecret(value);
        for (const value of secrets) {
          for (const form of [
            value,
            encodeURIComponent(value),
            JSON.stringify(value),
            Buffer.from(value).toString('base64'),
          ]) {
            expect(redact(`<${form}>`)).not.toContain(form.replaceAll('"', ''));
          }
        }
        expect(redact(around)).toBe(before);
      }),
    );
  });

  it('that are short are hidden where they are words, and not where they stand in others by chance', () => {
    rememberUserSecret('qX7z');
    rememberUserSecret('qX7z-y');
    expect(redact('pin qX7z; was qX7z-y, not aqX7zb or +qX7z/')).toBe('pin ***; was ***, not aqX7zb or +qX7z/');
  });

  it('are hidden whole where one that all share stands in them, or they in it, or they overlap', () => {
    rememberSecret('Gh4-shared-9Kq');
    rememberUserSecret('user-Gh4-shared-9Kq-3');
    rememberUserSecret('shared-9');
    rememberUserSecret('9Kq-behind');
    expect(redact('a user-Gh4-shared-9Kq-3 b Gh4-shared-9Kq c Gh4-shared-9Kq-behind d')).toBe('a *** b *** c *** d');
  });

  it('that are numbers are hidden in texts, and are numbers in JSON', () => {
    rememberUserSecret('73519264');
    expect(redact('no 73519264')).toBe(`no ${HIDDEN}`);
    expect(hideRemembered('{"count":73519264}')).toBe('{"count":73519264}');
  });

  it('are found among 100,000 as fast as among few', () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `pw-canary-${i}-x`);
    for (const name of names) rememberUserSecret(name);
    const text = `${'a long text with nothing in it; '.repeat(2_000)}${names[77_777]}`;
    const beganMs = performance.now();
    expect(redact(text).endsWith(`; ${HIDDEN}`)).toBe(true);
    expect(performance.now() - beganMs).toBeLessThan(10_000);
  });
});
