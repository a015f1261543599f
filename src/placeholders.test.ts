import { describe, expect, it } from 'vitest';
import {
  fillIn,
  listColumns,
  listNamesWithin,
  listPlaceholders,
  listVariables,
  splitPlaceholders,
  writePlaceholder,
} from './placeholders.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
describe('a text with placeholders', () => {
  it('has them replaced, and every other brace kept', () => {
    const text = '{"room":"{room}","n":{n},"empty":{},"token":"${env:CHAT_TOKEN}"}';
    const filled = fillIn(text, (name) => `<${name}>`);
    expect(filled).toBe('{"room":"<room>","n":<n>,"empty":{},"token":"<env:CHAT_TOKEN>"}');
  });

  it('tells the names of placeholders and of variables apart', () => {
    const text = '{room}/{user}?t=${env:T}';
    expect(listPlaceholders(text)).toEqual(['room', 'user']);
    expect(listVariables(text)).toEqual(['T']);
  });

  it('has what functions make of the text in them, functions in functions included', () => {
    const values = (name: string) => ({ 'user.name': 'é"', room: 'r1' })[name] ?? '?';
    expect(fillIn('Basic {base64:{user.name}:x}', values)).toBe(`Basic ${Buffer.from('é":x').toString('base64')}`);
    expect(fillIn('[{json:{"to":"{room}","in":{}}}]', values)).toBe('["{\\"to\\":\\"r1\\",\\"in\\":{}}"]');
    expect(fillIn('{base64:{json:{room}}}', values)).toBe(Buffer.from('"r1"').toString('base64'));
    expect(listPlaceholders('{base64:{user.a}}{json:{room}}')).toEqual(['user.a', 'room']);
  });

  it('tells a function that never closes, and a member of something else, as the text that it is', () => {
    expect(fillIn('{base64:{room} {a.b} {}', () => 'x')).toBe('{base64:x {a.b} {}');
  });

  it('names columns, and what stands within a function', () => {
    const text = '{user}{user.mail}{base64:{user.pass-word}}{json:{base64:{seq}}}';
    expect(listColumns(text)).toEqual(['mail', 'pass-word']);
    expect(listNamesWithin('base64', text)).toEqual(['user.pass-word', 'seq']);
  });

  it('is its pieces written one after the other', () => {
    const text = '${env:T}{room} {base64:{user.a}:{json:${env:T}{"in":{}}}} {} {base64:{x}';
    const written = splitPlaceholders(text).map((piece) =>
      'literal' in piece ? piece.literal : writePlaceholder(piece),
    );
    expect(written.join('')).toBe(text);
  });

  it('never replaces within a value', () => {
    expect(fillIn('{a}{b}', (name) => (name === 'a' ? '{b}' : 'x'))).toBe('{b}x');
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
