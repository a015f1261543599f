import type { TargetFailure } from '../running-target.ts';
import type { InstanceDirectory } from './instance-directory.ts';
import { readLogTail } from './log-tail.ts';
import { listDescendants, type ProcessIdentity } from './process-identity.ts';
import { type ProcessSpec, type SupervisedProcess, startProcess } from './supervised-process.ts';
import { endStragglers } from './sweep-stale-instances.ts';

const LOG_TAIL_LINES = 10;
const GRACE_MS = 3_000;

/** `node`: stopped first, by SIGTERM. `broker`: throw-away, ended at once after them. */
export type ProcessTier = 'node' | 'broker';

export interface Component {
  readonly process: SupervisedProcess;
  readonly tier: ProcessTier;
  readonly revive: () => Promise<void>;
}

/** The processes of one instance: started, watched, and ended together. */
export interface Supervision {
  start(tier: ProcessTier, spec: ProcessSpec): Promise<SupervisedProcess>;
  /**
   * From now on the end of this process is a failure of the target, unless it is condemned.
   *
   * @param revive starts another one in its place, and settles when that is ready and guarded
   */
  guard(process: SupervisedProcess, revive: () => Promise<void>): void;
  /** The end of this process, which is about to come, is meant. */
  condemn(process: SupervisedProcess): void;
  /** What is guarded, by its name, dead or alive: the last of each name. */
  readonly components: ReadonlyMap<string, Component>;
  /** Told of everything that is guarded in the place of another of its name: started again, and ready. */
  onRestarted: (process: SupervisedProcess) => void;
  /** The target fails for this reason. */
  fail(failure: TargetFailure): void;
  /** Ends one process of which another try is to be made. */
  discard(process: SupervisedProcess): Promise<void>;
  /** Settles with the first guarded process that ends before `stop`. Never rejects. */
  readonly failure: Promise<TargetFailure>;
  /**
   * Ends everything: nodes with SIGTERM and a grace of 3 s, then brokers at once, then helpers that moved to sessions
   * of their own. Brokers go last: a worker without its broker would log errors instead of finishing. Idempotent.
   */
  stop(): Promise<void>;
}

export function superviseProcesses(directory: InstanceDirectory): Supervision {
  const running = new Map<SupervisedProcess, ProcessTier>();
  const components = new Map<string, Component>();
  const condemned = new WeakSet<SupervisedProcess>();
  let stopping: Promise<void> | null = null;
  let reportFailure: (failure: TargetFailure) => void = () => {};
  const failure = new Promise<TargetFailure>((resolve) => {
    reportFailure = resolve;
  });

  const record = () =>
    directory.recordChildren(
      [...running.keys()].map(({ spec, identity }) => ({
        name: spec.name,
        identity,
        killSignal: spec.killSignal,
      })),
    );
  const supervision: Supervision = {
    failure,
    onRestarted() {},
    start: async (tier, spec) => {
      if (stopping !== null) throw new Error(`${spec.name} is not started: the target is being stopped`);
      const child = await startProcess(spec);
      running.set(child, tier);
      record();
      void child.ended.then(() => running.delete(child));
      // Asked to stop while it was being started: `stop` could not know of it.
      if (stopping !== null) await endAtOnce([child]);
      return child;
    },
    guard: (child, revive) => {
      const isRestart = components.has(child.spec.name);
      components.set(child.spec.name, { process: child, tier: running.get(child) ?? 'node', revive });
      void child.ended.then((reason) => {
        if (stopping === null && !condemned.has(child)) reportFailure(describeFailure(child, reason));
      });
      if (isRestart) supervision.onRestarted(child);
    },
    condemn: (child) => void condemned.add(child),
    components,
    fail: (reason) => reportFailure(reason),
    discard: (child) => endAtOnce([child]),
    stop: () => {
      stopping ??= endAll(running);
      return stopping;
    },
  };
  return supervision;
}

/** Which part ended, why, and the last lines that it logged. */
export function describeFailure(child: SupervisedProcess, reason: string): TargetFailure {
  return { component: child.spec.name, reason, logTail: readLogTail(child.spec.logFile, LOG_TAIL_LINES) };
}

async function endAll(running: Map<SupervisedProcess, ProcessTier>): Promise<void> {
  const ofTier = (tier: ProcessTier) => [...running].filter(([, its]) => its === tier).map(([child]) => child);
  const helpers = ofTier('broker').flatMap((child) => listDescendants(child.identity.pid));
  const nodes = ofTier('node');
  for (const child of nodes) child.signal('SIGTERM');
  await endedWithin(nodes, GRACE_MS);
  await endAtOnce([...nodes, ...ofTier('broker')], helpers);
}

async function endAtOnce(children: readonly SupervisedProcess[], helpers: ProcessIdentity[] = []): Promise<void> {
  for (const child of children) child.signal(child.spec.killSignal);
  await endedWithin(children, 500);
  for (const child of children) child.signal('SIGKILL');
  await Promise.all(children.map((child) => child.ended));
  await endStragglers(helpers, 500);
}

async function endedWithin(children: readonly SupervisedProcess[], graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([Promise.all(children.map((child) => child.ended)), grace]);
  clearTimeout(timer);
}
