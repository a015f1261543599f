import { writeFileSync } from 'node:fs';
import { monotonicClock } from '../../clock.ts';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { createConnector } from '../../generator/create-connector.ts';
import { createHostGuard } from '../../generator/hosts/host-guard.ts';
import { createRequestHttp } from '../../generator/login/request-http.ts';
import { concludeProbe, type ProbeConclusion } from '../../generator/probe/conclude-probe.ts';
import { type ProbeOutcome, probeServer } from '../../generator/probe/probe-server.ts';
import { selectProtocol } from '../../protocol/select-protocol.ts';
import { redact, rememberSecretsOf } from '../../redact.ts';
import { loadProtocol } from '../../scenario/load-protocol.ts';
import { scenarioError } from '../../scenario/problem.ts';
import { webSocketUrl } from '../../scenario/rules.ts';
import { findPair } from '../../scenario/users/settle-users.ts';
import { describeProbe } from '../describe-probe.ts';
import { printLine } from '../print.ts';
import { admitAddresses, listAddresses, type ReachOptions } from '../run/admit-target.ts';

export interface ProbeOptions extends ReachOptions {
  readonly protocol: string;
  /** How long to wait for anything, µs. */
  readonly timeout: number;
  readonly json: boolean;
  /** Where the frames are kept; undefined: nowhere. */
  readonly record?: string;
}

const EXIT_OF: Readonly<Record<ProbeConclusion['status'], ExitCode>> = {
  works: EXIT.pass,
  unreachable: EXIT.targetUnavailable,
  mend: EXIT.invalid,
};

/** `chatbench probe <url>`: two users, three messages, every frame with what it was taken for, and what to mend. */
export async function probe(url: string, options: ProbeOptions): Promise<ExitCode> {
  rememberSecretsOf(url);
  const given = loadProtocol(options.protocol, process.env);
  if (given.problems.length > 0 || !given.parsed.ok) throw scenarioError(given.problems);
  const protocol = await selectProtocol(given.parsed.value, process.env);
  const { transport = 'websocket' } = protocol;
  const checked = webSocketUrl(url);
  const isMqtt = transport === 'mqtt' && /^mqtts?:/i.test(url);
  if ((transport === 'websocket' || transport === 'mqtt') && !isMqtt && !checked.ok)
    throw new ChatbenchError('usage', checked.reason);
  const admitted = await admitAddresses(listAddresses(protocol, url), options);
  const hosts = createHostGuard(admitted.hosts);
  const outcome = await probeServer(url, protocol, {
    connector: createConnector(transport, null, hosts),
    hosts,
    clock: monotonicClock,
    timeoutUs: options.timeout,
    requestHttp: createRequestHttp(options.timeout, hosts, 1),
    users: findPair(given.parsed.value),
  });
  if (options.record !== undefined) writeFileSync(options.record, recordFrames(outcome));
  const conclusion = concludeProbe(outcome, protocol);
  printLine(options.json ? toJson(url, protocol.name, outcome, conclusion) : describeProbe(outcome, conclusion));
  return EXIT_OF[conclusion.status];
}

/** A frame on each line, in their order, as JSON; what is secret in them is hidden. */
function recordFrames({ events }: ProbeOutcome): string {
  return events
    .filter(({ direction }) => direction !== 'note')
    .map(({ atUs, user, direction, text, meaning }) => {
      const frame = { atMs: atUs / 1000, user, direction, text: redact(text), meaning: redact(meaning) };
      return `${JSON.stringify(frame)}\n`;
    })
    .join('');
}

function toJson(url: string, protocol: string, outcome: ProbeOutcome, conclusion: ProbeConclusion): string {
  const { status, text, remedy } = conclusion;
  const frames = outcome.events.map(({ atUs, user, direction, text, meaning }) => ({
    atMs: atUs / 1000,
    user,
    direction,
    text: redact(text),
    meaning: redact(meaning),
  }));
  const summary = { schema: 'chatbench.probe/1', url: redact(url), protocol, status, exitCode: EXIT_OF[status] };
  return JSON.stringify({ ...summary, conclusion: redact(text), remedy, frames }, null, 2);
}
