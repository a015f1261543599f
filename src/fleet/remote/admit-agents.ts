import type { Clock } from '../../clock.ts';
import { ChatbenchError } from '../../errors.ts';
import { BentBody, decodeBody, encodeBody } from './body-codec.ts';
import type { Engine } from './engine.ts';
import { type AgentHello, type Call, hello, PROTOCOL } from './messages.ts';
import { repeatEvery } from './repeat-every.ts';
import { SUBJECTS } from './subjects.ts';

const CALL_EVERY_US = 500_000;
/** So long agents may take to come. */
const PATIENCE_US = 120_000_000;

export interface AdmissionOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly call: Omit<Call, 'protocol'>;
  /** So many are wanted. */
  readonly count: number;
  readonly signal: AbortSignal;
  /** Somebody has come, or is told apart from those who came before by what it lacks. */
  onHello(agent: AgentHello): void;
}

/**
 * Waits until as many agents as are wanted are there, can take part, and have nothing else to do; yields them by name.
 *
 * @returns null where the signal aborts before
 * @throws ChatbenchError `target-unavailable` after two minutes, with who is missing and why
 */
export function admitAgents(options: AdmissionOptions): Promise<readonly AgentHello[] | null> {
  const { engine, clock, count, signal } = options;
  const known = new Map<string, AgentHello>();
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      for (const stop of stops) stop();
      signal.removeEventListener('abort', giveUp);
      finish();
    };
    const giveUp = () => settle(() => resolve(null));
    const take = (agent: AgentHello) => {
      const before = known.get(agent.id);
      known.set(agent.id, agent);
      if (before === undefined || describeHello(before) !== describeHello(agent)) options.onHello(agent);
      const ready = [...known.values()].filter(isReady);
      if (ready.length >= count) settle(() => resolve(ready.slice(0, count).sort((a, b) => compare(a.name, b.name))));
    };
    const stops = [
      listenForHellos(engine, options.call.run, take),
      repeatEvery(clock, CALL_EVERY_US, () => callAgents(engine, options.call)),
      clock.after(PATIENCE_US, () => settle(() => reject(describeMissing(count, [...known.values()])))),
    ];
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    else callAgents(engine, options.call);
  });
}

export function callAgents(engine: Engine, said: Omit<Call, 'protocol'>): void {
  engine.publish(SUBJECTS.call, encodeBody({ protocol: PROTOCOL, ...said }));
}

/** Hears of every agent that answers this call; yields what ends it. Whoever answers with anything else is none. */
export function listenForHellos(engine: Engine, run: string | null, onHello: (agent: AgentHello) => void): () => void {
  return engine.subscribe(SUBJECTS.anyHello, (body, subject) => {
    try {
      const agent = decodeBody(hello, body);
      // Rights are given by subject: an agent cannot speak for another.
      if (agent.run === run && subject === SUBJECTS.hello(agent.id)) onHello(agent);
    } catch (error) {
      if (!(error instanceof BentBody)) throw error;
    }
  });
}

function isReady({ lacks, busyWith }: AgentHello): boolean {
  return lacks.length === 0 && busyWith === null;
}

/** Why it is not ready, or that it is; one line. */
export function describeHello({ name, lacks, busyWith }: AgentHello): string {
  if (lacks.length > 0) return `agent ${name} ${lacks.join('; ')}`;
  return busyWith === null ? `agent ${name} is ready` : `agent ${name} is busy with run ${busyWith}`;
}

function describeMissing(count: number, came: readonly AgentHello[]): ChatbenchError {
  const unready = came.filter((agent) => !isReady(agent)).map(describeHello);
  const ready = came.filter(isReady).map(({ name }) => name);
  const who = ready.length === 0 ? 'none was ready' : `${ready.length} came (${ready.join(', ')})`;
  return new ChatbenchError(
    'target-unavailable',
    `${count} agents wanted, ${who} within ${PATIENCE_US / 1e6} s${unready.map((line) => `; ${line}`).join('')}`,
    { hint: 'start as many with chatbench agent --join ADDRESS, or ask for fewer with --agents' },
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
