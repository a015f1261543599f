import type { Clock } from '../../clock.ts';
import { listLacks } from './agent-limits.ts';
import { type AgentRun, type AgentRunOptions, openAgentRun } from './agent-run.ts';
import { BentBody, decodeBody, encodeBody } from './body-codec.ts';
import type { Engine } from './engine.ts';
import { type AgentHello, call, PROTOCOL, parcelToAgent } from './messages.ts';
import { SUBJECTS } from './subjects.ts';

/** What an agent says of itself in every hello. */
export type AgentIdentity = Pick<
  AgentHello,
  'version' | 'id' | 'name' | 'cores' | 'memoryBytes' | 'openFilesLimit' | 'labels'
>;

export interface AgentServiceOptions
  extends Pick<AgentRunOptions, 'limits' | 'controller' | 'startShard' | 'timeServers' | 'tell' | 'keepReports'> {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly identity: AgentIdentity;
  /** A part in a run is over. */
  onRunOver(): void;
}

export interface AgentService {
  /** Ends whatever runs, at once. */
  stop(): void;
  readonly isAtWork: boolean;
}

/** Answers controllers that look for agents, and takes part in one run at a time. */
export function serveAgent(options: AgentServiceOptions): AgentService {
  const { engine, clock, identity, limits, tell } = options;
  let current: { readonly name: string; readonly run: AgentRun } | null = null;
  /** Runs that are over: a message that comes late begins none of them again. */
  const past = new Set<string>();

  function answer(body: Uint8Array): void {
    const { run, needs, protocol, version } = decodeBody(call, body);
    const lacks: string[] = needs === null ? [] : [...listLacks(needs, limits, process.env)];
    if (protocol !== PROTOCOL || version !== identity.version) {
      lacks.unshift(`is chatbench ${identity.version}, and the controller ${version}: install the same`);
    }
    const hello: AgentHello = {
      ...identity,
      protocol: PROTOCOL,
      run,
      allows: [...limits.hosts],
      timeServers: (options.timeServers ?? []).map(({ name }) => name),
      maxPerSecond: limits.maxPerSecond,
      maxConnections: limits.maxConnections,
      busyWith: current?.run.isAtWork === true ? current.name : null,
      lacks,
    };
    engine.publish(SUBJECTS.hello(identity.id), encodeBody(hello));
  }

  function take(body: Uint8Array): void {
    const receivedAtUs = clock.nowUs();
    const parcel = decodeBody(parcelToAgent, body);
    const { run: name } = parcel;
    if (past.has(name)) return;
    if (current === null || (!current.run.isAtWork && current.name !== name)) {
      current?.run.end();
      const opened = openAgentRun({
        ...options,
        run: name,
        agent: identity.id,
        onOver() {
          if (current?.run !== opened) return;
          if (opened.isAtWork) past.add(name);
          current = null;
          if (opened.isAtWork) options.onRunOver();
        },
      });
      current = { name, run: opened };
    }
    if (current.name === name) current.run.take(parcel, receivedAtUs);
  }

  /** Whoever sent it, this agent does nothing about it. */
  const guarded = (listener: (body: Uint8Array) => void) => (body: Uint8Array) => {
    try {
      listener(body);
    } catch (error) {
      if (!(error instanceof BentBody)) throw error;
      tell(`refused a message: ${error.message}`);
    }
  };
  const stops = [
    engine.subscribe(SUBJECTS.call, guarded(answer)),
    engine.subscribe(SUBJECTS.anyDown(identity.id), guarded(take)),
  ];
  return {
    stop() {
      for (const stop of stops) stop();
      current?.run.end();
    },
    get isAtWork() {
      return current?.run.isAtWork === true;
    },
  };
}
