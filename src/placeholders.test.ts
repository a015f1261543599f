import { describe, expect, it } from 'vitest';
import { fillIn, listPlaceholders, listVariables } from './placeholders.ts';

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

  it('never replaces within a value', () => {
    expect(fillIn('{a}{b}', (name) => (name === 'a' ? '{b}' : 'x'))).toBe('{b}x');
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
