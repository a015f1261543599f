import type { LoginStepSpec, TemplateSpec } from '../../scenario/protocol-spec.ts';
import { asHttp } from '../as-http.ts';
import type { Login, LoginStep } from '../chat-protocol.ts';
import { captureFromAnswer } from './capture-values.ts';
import { fillAddress, fillFrame, fillHeaders, type Variables, valuesOf } from './fill-text.ts';
import { withCookies } from './with-cookies.ts';

export function compileLogin(spec: TemplateSpec, variables: Variables): Login | null {
  if (spec.login === null) return null;
  const { steps, againOn, perSecond, concurrency } = spec.login;
  return { steps: steps.map((step) => compileStep(step, spec, variables)), againOn, perSecond, concurrency };
}

function compileStep(step: LoginStepSpec, spec: TemplateSpec, variables: Variables): LoginStep {
  return {
    request(client) {
      const values = valuesOf(spec, client, variables);
      // Given a WebSocket's address, it is the server's own by HTTP.
      const url = asHttp(fillAddress(step.url, values));
      return {
        method: step.method,
        url,
        headers: withCookies(fillHeaders(step.headers, values), client, url),
        body: step.body === null ? null : fillFrame(step.body, values),
      };
    },
    isExpected: (status) => isExpected(step.expect, status),
    capture: (answer, session) => captureFromAnswer(step.capture, answer, session),
  };
}

/** "200" is itself, "3xx" all of its hundred; of nothing expected, 2xx. */
function isExpected(expected: readonly string[], status: number): boolean {
  const hundred = `${String(status)[0]}xx`;
  if (expected.length === 0) return hundred === '2xx';
  return expected.includes(String(status)) || expected.includes(hundred);
}
