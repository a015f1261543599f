import { mostOf } from '../../extremes.ts';
import { TLS_REMEDY } from '../../host-rules.ts';
import type { ChatProtocol } from '../../protocol/chat-protocol.ts';
import { excerpt } from '../../redact.ts';
import type { Refusal } from '../connection.ts';
import { type Arrival, PROBE_SEQUENCES, type ProbeOutcome } from './probe-server.ts';

export interface ProbeConclusion {
  /** `unreachable`: no connection could be opened. `mend`: the description does not fit what the server does. */
  readonly status: 'works' | 'unreachable' | 'mend';
  /** What works, or what does not, in one line. */
  readonly text: string;
  /** What to change; null where nothing has to be. */
  readonly remedy: string | null;
}

/** What a probe shows of the description, the first trouble first. */
export function concludeProbe(outcome: ProbeOutcome, protocol: ChatProtocol): ProbeConclusion {
  const found = concludeWithout(outcome, protocol);
  if (found.status === 'works' || outcome.shared.length === 0 || !isAboutOne(outcome)) return found;
  // What one of two is refused for that come with the same token is often that.
  return {
    ...found,
    text: `${found.text}; both users have the same token (${outcome.shared.join(', ')})`,
    remedy: 'give each user a token of their own: `users: FILE` and `{user.COLUMN}`, or `login`',
  };
}

/** One user got in, and the other did not, or not for long. */
function isAboutOne({ refusal, stuck, ended }: ProbeOutcome): boolean {
  return refusal?.user === 1 || stuck?.user === 1 || ended.length === 1;
}

function concludeWithout(outcome: ProbeOutcome, protocol: ChatProtocol): ProbeConclusion {
  return (
    concludeConnecting(outcome) ??
    concludeJoining(outcome) ??
    concludeSending(outcome) ??
    concludeEnding(outcome) ??
    concludeBundles(outcome, protocol) ??
    concludeDelivery(outcome, protocol) ??
    concludeAck(outcome, protocol) ??
    concludeOwnMessage(outcome, protocol) ?? {
      status: 'works',
      text: describeSuccess(outcome, protocol),
      remedy: adviseSeparator(outcome, protocol),
    }
  );
}

function concludeConnecting({ refusal }: ProbeOutcome): ProbeConclusion | null {
  if (refusal === null) return null;
  const isLogin = /^login[:,]/.test(refusal.detail);
  const failed = isLogin
    ? `user ${refusal.user} was not let in`
    : refusal.user === 0
      ? 'no connection'
      : 'user 1 did not';
  const before = refusal.user === 0 ? '' : isLogin ? 'user 0 got in; ' : 'user 0 got in, and ';
  const text = `${before}${failed}: ${describeRefusal(refusal)}`;
  const own = isLogin && (refusal.answer?.status ?? 0) < 500 && refusal.outcome !== 'closed';
  if (own)
    return {
      status: 'mend',
      text,
      remedy: 'check what `login` sends, what it expects and captures, and what the users file has',
    };
  // Where the first user's was opened, the server is there, and something of the second's is wrong.
  const isDown = refusal.answer === undefined ? refusal.outcome !== 'protocol' : refusal.answer.status >= 500;
  const status = refusal.user === 0 || isDown ? 'unreachable' : 'mend';
  if (refusal.answer !== undefined) {
    return { status, text, remedy: remedyOf(refusal.answer.status, '`url`') ?? NO_WEB_SOCKET };
  }
  if (refusal.outcome === 'protocol') return { status, text, remedy: NO_WEB_SOCKET };
  if (/(?:^|: )TLS: /.test(refusal.detail)) return { status, text, remedy: TLS_REMEDY };
  if (/^CONNACK /.test(refusal.detail))
    return { status: 'mend', text, remedy: 'check `username`, `password`, `client-id` and `version`' };
  const slow = refusal.outcome === 'timeout' ? `; ${IF_SLOW}` : '';
  return { status, text, remedy: `check that the server is up${slow}` };
}

const NO_WEB_SOCKET = 'check url, headers and subprotocols: a server answered, but not with a WebSocket';
const IF_SLOW = 'where the server takes longer, give it longer: --timeout 30s';

/** With the address that a redirect names. */
function describeRefusal({ detail, answer }: Refusal): string {
  const isRedirect = answer !== undefined && answer.status >= 300 && answer.status < 400;
  return isRedirect && answer.location !== null ? `${detail}, to ${quote(answer.location)}` : detail;
}

/** What a status asks for wherever an HTTP server gives it; null: nothing of its own. */
function remedyOf(status: number, address: string): string | null {
  if (status === 401 || status === 403) return 'check `headers`, and the token in them or in the address';
  if (status === 404) return `check the path of ${address}`;
  if (status >= 300 && status < 400)
    return `redirects are not followed: let ${address} be the address that it leads to`;
  return status >= 500 ? "see the server's log, and that of any proxy in front of it" : null;
}

function concludeJoining({ stuck, events }: ProbeOutcome): ProbeConclusion | null {
  if (stuck === null) return null;
  const { user, step, reason } = stuck;
  const who = `${user === 0 ? '' : 'user 0 joined; '}user ${user} did not get past step ${step} of the opening`;
  if (reason !== '') return mend(`${who}: ${quote(reason)}`, 'check what is sent in the opening, and the token');
  const last = events.findLast((event) => event.user === user && event.direction === 'in');
  const instead = last === undefined ? 'nothing came' : `the last frame that came was ${quote(last.text)}`;
  return mend(
    `${who}: no frame was the one that it waits for; ${instead}`,
    `check the \`await\` of that step in \`open\`; ${IF_SLOW}`,
  );
}

/** A connection that the server closes explains all that does not come over it. */
function concludeEnding({ ended, arrived }: ProbeOutcome): ProbeConclusion | null {
  const [first] = ended;
  if (first === undefined || arrived[1].length === PROBE_SEQUENCES.length) return null;
  const text = `the server ended the connection of user ${first.user} after it had joined: ${quote(first.reason)}`;
  return mend(text, "see the server's log, and whether it lets one user in once only");
}

function concludeSending({ rejected }: ProbeOutcome): ProbeConclusion | null {
  if (rejected === null) return null;
  const { text, status } = rejected;
  if (status === undefined)
    return mend(`the message was refused: ${quote(text)}`, 'check `send`, and the rule of `error`');
  const remedy = status === null ? 'check that a server is up at `url` of `send`' : remedyOf(status, '`url` of `send`');
  return mend(`the message was refused: ${quote(text)}`, remedy ?? 'check `send`: only 2xx is an acknowledgement');
}

function concludeBundles({ bundles }: ProbeOutcome, protocol: ChatProtocol): ProbeConclusion | null {
  const untold = bundles.find(({ isUntold }) => isUntold);
  if (untold === undefined) return null;
  const separator = guessSeparator(untold.text);
  return mend(
    `several messages came in one frame, and nothing tells what each of them is: ${quote(untold.text)}`,
    separator === null
      ? 'name what stands between them with `separator`, or narrow the rules so that they tell the frame as a whole'
      : adviceOf(separator, protocol),
  );
}

function concludeDelivery(
  { arrived, misread, events, sentAtUs }: ProbeOutcome,
  protocol: ChatProtocol,
): ProbeConclusion | null {
  if (protocol.name === 'echo') return null;
  const times = repeatsOf(arrived[1]);
  if (times > 1) {
    return mend(`the message reached the recipient ${times} times`, 'check that it is in the room once');
  }
  const count = arrived[1].length;
  if (count === PROBE_SEQUENCES.length) return null;
  if (count > 0) {
    return mend(
      `of ${PROBE_SEQUENCES.length} messages sent at once, ${count} reached the recipient`,
      `see whether the server limits how fast one user may send; ${IF_SLOW}`,
    );
  }
  const carrier = misread.find(({ user }) => user === 1);
  if (carrier !== undefined) {
    const kind = carrier.kind === 'ack' ? 'an acknowledgement' : carrier.kind;
    return mend(
      `no frame was recognised as a message; the frame that carried the text was ${quote(carrier.text)}, taken for ${kind}`,
      carrier.kind === 'ack' ? 'narrow the rule of `ack`' : 'mend the rule of `message`, or leave it out',
    );
  }
  const after = events.findLast(
    ({ user, direction, atUs }) => user === 1 && direction === 'in' && atUs > (sentAtUs ?? 0),
  );
  const instead = after === undefined ? 'nothing came' : `what came was ${quote(after.text)}`;
  return mend(
    `the text did not reach the recipient: ${instead}`,
    `check \`send\`, and that both users join the same room; ${IF_SLOW}`,
  );
}

function concludeOwnMessage({ arrived }: ProbeOutcome, protocol: ChatProtocol): ProbeConclusion | null {
  const times = repeatsOf(arrived[0]);
  if (times > 0 && !protocol.senderReceives) {
    return mend('the sender got its own message', 'say so with `sender-receives: true`');
  }
  if (times === 0 && protocol.senderReceives) {
    return mend('the sender did not get its own message', 'say so with `sender-receives: false`');
  }
  return times > 1 ? mend(`the sender got its own message ${times} times`, 'check that it is in the room once') : null;
}

function concludeAck(
  { acked, unmarkedAcks, events, sentAtUs, request }: ProbeOutcome,
  protocol: ChatProtocol,
): ProbeConclusion | null {
  if (!protocol.acknowledges || acked.length === PROBE_SEQUENCES.length) return null;
  if (acked.length > 0) {
    return mend(
      `of ${PROBE_SEQUENCES.length} messages sent at once, ${acked.length} were acknowledged`,
      `see whether one acknowledgement of the server stands for several messages, which no rule can tell; ${IF_SLOW}`,
    );
  }
  if (request !== null) return mend(`${quote(request)} was not answered in time`, `let the server answer; ${IF_SLOW}`);
  const [unmarked] = unmarkedAcks;
  if (unmarked !== undefined) {
    return mend(
      `the acknowledgement ${quote(unmarked)} does not tell which message it is for`,
      'let the server send back {id}, or {seq} and read it with a group: regex: \'"seq":(1\\d{10})\'; or leave `ack` out',
    );
  }
  const answer = events.find(({ user, direction, atUs }) => user === 0 && direction === 'in' && atUs > (sentAtUs ?? 0));
  const instead = answer === undefined ? 'the sender got nothing' : `the sender got ${quote(answer.text)}`;
  return mend(
    `no frame was recognised as an acknowledgement; ${instead}`,
    `mend the rule of \`ack\`, or leave it out${answer === undefined ? `; ${IF_SLOW}` : ''}`,
  );
}

function describeSuccess({ sentAtUs, arrived, acked, bundles }: ProbeOutcome, { name }: ChatProtocol): string {
  const after = ([first]: readonly Arrival[]) => `${((first!.atUs - (sentAtUs ?? 0)) / 1000).toFixed(1)} ms`;
  const way =
    name === 'echo' ? `came back after ${after(arrived[0])}` : `reached the recipient after ${after(arrived[1])}`;
  const answer = acked.length === 0 ? '' : ` and was acknowledged after ${after(acked)}`;
  const together =
    bundles.length === 0
      ? ''
      : `; of ${PROBE_SEQUENCES.length} sent at once, several came together in one frame: ${quote(bundles[0]!.text)}`;
  return `works: both users joined, the message ${way}${answer}${together}`;
}

/** What makes frames of several messages sure to be told; null where nothing does, or has to. */
function adviseSeparator({ bundles }: ProbeOutcome, protocol: ChatProtocol): string | null {
  const separator = bundles.length === 0 || protocol.separator ? null : guessSeparator(bundles[0]!.text);
  return separator === null ? null : adviceOf(separator, protocol);
}

function adviceOf(separator: string, { separator: described }: ChatProtocol): string {
  return described === separator
    ? 'narrow the rules: a record holds several markers'
    : `say separator: ${JSON.stringify(separator)} (in double quotes), so that the rules apply to each record by itself`;
}

/** What is likely to stand between the records of a frame; null: nothing that is known for it. */
function guessSeparator(text: string): string | null {
  return SEPARATORS.find((separator) => text.replace(/[\r\n]+$/, '').includes(separator)) ?? null;
}

const SEPARATORS = ['\x1e', '\0', '\r\n', '\n'];

/** How often one message came, the one that came most often. */
function repeatsOf(arrivals: readonly Arrival[]): number {
  const times = new Map<number, number>();
  for (const { sequence } of arrivals) times.set(sequence, (times.get(sequence) ?? 0) + 1);
  return mostOf(times.values(), 0);
}

function mend(text: string, remedy: string): ProbeConclusion {
  return { status: 'mend', text, remedy };
}

const QUOTED = 160;

function quote(text: string): string {
  const shown = excerpt(text, QUOTED + 1);
  return shown.length > QUOTED ? `${shown.slice(0, QUOTED)}…` : shown;
}
