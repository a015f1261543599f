import { describe, expect, it, vi } from 'vitest';
import type { FrameRule } from '../../scenario/protocol-spec.ts';
import { compileRule, compileSequencesReader, readBareSequences } from './compile-rule.ts';

const matches = (rule: FrameRule, frame: string) => compileRule(rule)(Buffer.from(frame));
const json = (path: string, equals: string | number | boolean | null): FrameRule => [
  { test: 'json', path: path.split('.'), equals },
];

describe('a rule', () => {
  it.each<[FrameRule, string, boolean]>([
    [[{ test: 'contains', text: 'ack' }], 'back', true],
    [[{ test: 'contains', text: 'ack' }], 'bac', false],
    [[{ test: 'starts-with', text: '43' }], '43[]', true],
    [[{ test: 'starts-with', text: '43' }], '4', false],
    [[{ test: 'starts-with', text: '43' }], ' 43', false],
    [[{ test: 'equals', text: '2' }], '2', true],
    [[{ test: 'equals', text: '2' }], '2probe', false],
    [[{ test: 'equals', text: 'é' }], 'é', true],
    [[{ test: 'regex', pattern: '^4[14]' }], '44{}', true],
    [[{ test: 'regex', pattern: '^4[14]' }], '42', false],
    [[{ test: 'regex', pattern: 'end$' }], `${'x'.repeat(600)}end`, false],
    [
      [
        { test: 'starts-with', text: 'a' },
        { test: 'contains', text: 'z' },
      ],
      'abz',
      true,
    ],
    [
      [
        { test: 'starts-with', text: 'a' },
        { test: 'contains', text: 'z' },
      ],
      'ab',
      false,
    ],
  ])('%j on %s is %s', (rule, frame, expected) => expect(matches(rule, frame)).toBe(expected));

  it.each<[FrameRule, string, boolean]>([
    [json('type', 'ack'), '{"type":"ack"}', true],
    [json('type', 'ack'), '{ "id": 1, "type" : "ack" }', true],
    [json('type', 'ack'), '{"type":"message","text":"\\"type\\":\\"ack\\" ack"}', false],
    [json('type', 'ack'), '{"note":"ack","type":"x"}', false],
    [json('type', 'ack'), '{"type":"ack"', false],
    [json('data.ok', true), '{"data":{"ok":true}}', true],
    [json('data.ok', true), '{"data":{"ok":"true"}}', false],
    [json('data.ok', null), '{"data":{"ok":null}}', true],
    [json('data.ok', null), '{"data":{}}', false],
    [json('n', 10), '{"n":1e1}', true],
    [json('0', 'joined'), '42["joined","r1"]', true],
    [json('1.room', 'r1'), '42["joined",{"room":"r1"}]', true],
    [json('name', 'é"'), '{"name":"\\u00e9\\""}', true],
    [json('type', 'chat/ack'), '{"type":"chat/ack"}', true],
    [json('type', 'chat/ack'), '{"type":"chat\\/ack"}', true],
    [json('type', 'chat/room/ack'), '{"type":"chat\\/room\\/ack"}', true],
    [json('type', 'chat/ack'), '{"type":"chat\\\\/ack"}', false],
    [json('type', 'chat/ack'), '{"note":"chat\\/ack","type":"x"}', false],
    [json('chat/type', 'ack'), '{"chat\\/type":"ack"}', true],
    [json('chat/type', 'ack'), '{"chat/type":"ack"}', true],
    [json('é', 'x'), '{"\\u00e9":"x"}', true],
    [json('toString', 'x'), '{"toString":"y","a":"x"}', false],
    [json('a.b', 'x'), '{"a":"x","b":"x"}', false],
    [json('a', 'x'), '', false],
  ])('%j on %s is %s', (rule, frame, expected) => expect(matches(rule, frame)).toBe(expected));

  it('parses no frame that has not the bytes of its value in either spelling', () => {
    const parse = vi.spyOn(JSON, 'parse');
    expect(matches(json('type', 'chat/ack'), '{"type":"chat/message","text":"chat/ackn"}')).toBe(false);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('has the placeholders of one client filled in', () => {
    const fill = (text: string) => text.replace('{user}', 'u7');
    const joined = compileRule([{ test: 'json', path: ['user'], equals: '{user}' }], fill);
    expect(joined(Buffer.from('{"user":"u7"}'))).toBe(true);
    expect(joined(Buffer.from('{"user":"u8"}'))).toBe(false);
  });
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
it('a pattern has the values of variables in it, as they are, and its other braces left alone', () => {
  const fill = (text: string) => text.replace('${env:TOK}', 'a.é');
  const rule: FrameRule = [{ test: 'regex', pattern: '^ok ${env:TOK} x{2} {user} (1\\d{10})' }];
  const frame = Buffer.from('ok a.é xx {user} 10000000042');
  expect(compileRule(rule, fill)(frame)).toBe(true);
  expect(compileSequencesReader(rule, fill)?.(frame)).toEqual([42]);
  expect(compileRule(rule, fill)(Buffer.from('ok abé xx {user} 10000000042'))).toBe(false);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description

describe('the number of an acknowledgement', () => {
  const read = compileSequencesReader([{ test: 'regex', pattern: '"seq":(1\\d{10})' }])!;

  it.each([
    ['{"seq":10000000042}', [42]],
    ['{"seq":19999999999}', [9_999_999_999]],
    ['{"seq":42}', []],
    ['{"seq":10000000042}\n{"seq":10000000007}{"seq":10000000042}', [42, 7]],
  ])('is what the group of its pattern holds, less the first one, as often as it matches: %s', (frame, sequences) => {
    expect(read(Buffer.from(frame))).toEqual(sequences);
  });

  it('is there only where a pattern has a group', () => {
    expect(compileSequencesReader([{ test: 'regex', pattern: '^43' }])).toBe(null);
    expect(compileSequencesReader([{ test: 'contains', text: '(1)' }])).toBe(null);
  });

  it('is any of eleven digits where nothing says where it stands', () => {
    const frame = Buffer.from('{"at":1700000000123,"seq":"10000000042","tel":20000000042}');
    expect(readBareSequences(frame)).toEqual([42]);
  });
});
