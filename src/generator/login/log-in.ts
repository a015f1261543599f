import { listSetCookies } from '../../list-set-cookies.ts';
import type { ClientIdentity, Login, LoginStep } from '../../protocol/chat-protocol.ts';
import type { Refusal } from '../connection.ts';
import { describeBody } from '../socket/describe-end.ts';
import type { RequestHttp, RequestOutcome } from './request-http.ts';

/** Takes one client through all steps; null once it is logged in, or why it is not. */
export async function logIn(
  client: ClientIdentity,
  { steps }: Login,
  requestHttp: RequestHttp,
): Promise<Refusal | null> {
  for (const [index, step] of steps.entries()) {
    const failure = await takeStep(client, step, requestHttp);
    if (failure === null) continue;
    const place = steps.length === 1 ? 'login' : `login, step ${index + 1}`;
    return { ...failure, detail: `${place}: ${failure.detail}` };
  }
  return null;
}

async function takeStep(client: ClientIdentity, step: LoginStep, requestHttp: RequestHttp): Promise<Refusal | null> {
  const request = step.request(client);
  const answer = await requestHttp(request);
  if (answer.outcome !== 'answered') return answer;
  const { session } = client;
  session?.takeCookies(request.url, listSetCookies(answer.headers['set-cookie']));
  if (!step.isExpected(answer.status)) return refusalOf(answer);
  const missing = session === undefined ? null : step.capture(answer, session);
  return missing === null ? null : { outcome: 'protocol', detail: missing };
}

function refusalOf({ status, headers, text }: Extract<RequestOutcome, { readonly outcome: 'answered' }>): Refusal {
  const { location } = headers;
  const answer = { status, location: typeof location === 'string' ? location : null };
  return { outcome: 'refused', detail: `HTTP status ${status}${describeBody(text)}`, answer };
}
