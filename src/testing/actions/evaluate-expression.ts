/** What an expression can name: "steps.measure.outputs.keep" is found under these words. */
export interface Contexts {
  readonly [name: string]: Contexts | string;
}

/** A text with what stands in `${{ }}` put in. */
export function fillExpressions(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) =>
    String(evaluateExpression(expression, contexts)),
  );
}

/**
 * An expression of GitHub's workflows, as far as our action uses them: names, texts in quotes, always(), ==, !=, && and ||. What a
 * name does not find is empty. Throws at anything else.
 */
export function evaluateExpression(expression: string, contexts: Contexts): string | boolean {
  let value: string | boolean = '';
  for (const alternative of expression.split('||')) {
    for (const part of alternative.split('&&')) {
      value = evaluateComparison(part.trim(), contexts);
      if (value === '' || value === false) break;
    }
    if (value !== '' && value !== false) return value;
  }
  return value;
}

function evaluateComparison(text: string, contexts: Contexts): string | boolean {
  const [, left, operator, right] = /^(.+?) (==|!=) (.+)$/.exec(text) ?? [];
  if (left === undefined || right === undefined) return evaluateTerm(text, contexts);
  const areEqual = evaluateTerm(left, contexts) === evaluateTerm(right, contexts);
  return operator === '==' ? areEqual : !areEqual;
}

function evaluateTerm(text: string, contexts: Contexts): string | boolean {
  if (text === 'always()') return true;
  const quoted = /^'([^']*)'$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted;
  if (!/^[a-z]+(\.[\w-]+)+$/.test(text)) throw new Error(`not an expression that this knows: ${text}`);
  let found: Contexts | string | undefined = contexts;
  for (const word of text.split('.')) found = typeof found === 'object' ? found[word] : undefined;
  return typeof found === 'string' ? found : '';
}
