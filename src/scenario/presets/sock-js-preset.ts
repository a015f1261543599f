import { text } from '../file-schemas.ts';
import type { TemplateSpec } from '../protocol-spec.ts';
import { equals, step } from './preset.ts';

export const sockJsPath = text(/^\/[\w./-]*$/, "a path such as '/echo'");

/**
 * SockJS over its WebSocket: `o` opens, `h` is a heartbeat, `a[…]` a list of texts, each of which is a record that the rules apply
 * to, and `c[…]` says why the server closes. What clients send is a list of one text.
 */
export function describeSockJs(described: TemplateSpec, path = '/chat'): TemplateSpec {
  const { url, error } = described;
  return {
    ...described,
    name: 'sockjs',
    encoding: 'sockjs',
    url: url === '{endpoint}' ? `{endpoint}${path}/000/{uuid}/websocket` : url,
    opening: [step([], equals('o')), ...described.opening],
    error: error ?? [{ test: 'regex', pattern: '^c\\[' }],
  };
}
