import { EXIT, type ExitCode } from '../../errors.ts';
import { createPauseSwitch } from '../../fleet/pause-switch.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import { redact } from '../../redact.ts';
import type { AgentOptions } from '../agents/agent-options.ts';
import { type AgentPool, openAgentPool } from '../agents/agent-pool.ts';
import { checkKubernetesOptions } from '../agents/kubernetes-options.ts';
import { concludeExperiment } from '../experiments/conclude-experiment.ts';
import { runExperiment } from '../experiments/run-experiment.ts';
import { checkRunOptions } from '../options/check-options.ts';
import { resolveScenario } from '../options/resolve-scenario.ts';
import type { RunOptions } from '../options/run-options.ts';
import { printAnswer, printNote } from '../print.ts';
import { admitTarget } from '../run/admit-target.ts';
import { concludeTrial } from '../run/conclude-trial.ts';
import { openTarget } from '../run/open-target.ts';
import { createRunDirectory, discardRunDirectory } from '../run/run-directory.ts';
import { NO_EXPORTS, openRunExports, tellAll } from '../run/run-exports.ts';
import { exitCodeOf, listenForSignals } from '../run/run-signals.ts';
import { runTrial, shardCapacity } from '../run/run-trial.ts';
import { openRunView } from '../run/run-view.ts';
import { tellProgress } from '../run/tell-progress.ts';

/** `chatbench run <scenario>`: opens the target, runs the scenario against it, and ends with the exit code of the verdict. */
export async function run(nameOrPath: string, options: RunOptions & AgentOptions): Promise<ExitCode> {
  const scenario = resolveScenario(nameOrPath, options);
  checkRunOptions(scenario, options);
  checkKubernetesOptions(options);
  if (options.print === true) {
    const { renderAgentManifests } = await import('../agents/open-on-kubernetes.ts');
    printAnswer(await renderAgentManifests(scenario, options));
    printNote('the secrets among them hold private keys: seal them before they are kept anywhere');
    return EXIT.pass;
  }
  const isElsewhere = options.on !== undefined || options.agents !== undefined;
  const admission = await admitTarget(scenario, { ...options, isElsewhere });
  const startedAt = new Date();
  const directory = await createRunDirectory(options.out ?? 'reports', scenario.name, startedAt);
  const pause = createPauseSwitch();
  const title = `${scenario.name} on ${redact(scenario.target.url ?? scenario.target.kind)}`;
  const signals = listenForSignals();
  const view = await openRunView(title, options, { signals, pause: pause.toggle });
  let target: RunningTarget | null = null;
  let exports = NO_EXPORTS;
  let agents: AgentPool | null = null;
  const progress = tellProgress(directory.path, scenario.name);
  try {
    const labels = { run: directory.id, scenario: scenario.name, target: scenario.target.kind };
    exports = await openRunExports(options, labels, view);
    agents = await openAgentPool(scenario, options, shardCapacity(null), view, signals.signal);
    if (agents === null && signals.signal.aborted) return exitCodeOf(signals, EXIT.invalid);
    target = await openTarget(scenario, view, signals.signal, admission);
    // Interrupted before the first message: there is nothing to keep.
    if (target === null) return exitCodeOf(signals, EXIT.invalid);
    const context = { target, options, signals, view: tellAll(tellAll(view, exports), progress), pause, agents };
    if (scenario.experiment !== null) {
      const ran = await runExperiment(scenario, scenario.experiment, directory, context);
      return exitCodeOf(signals, await concludeExperiment(ran, directory, context));
    }
    const trial = await runTrial(scenario, directory, context);
    if (trial === null) return exitCodeOf(signals, EXIT.invalid);
    return exitCodeOf(signals, await concludeTrial(trial, directory, context));
  } finally {
    view.close();
    await progress.close();
    await exports.close();
    await agents?.close();
    await target?.stop();
    await discardRunDirectory(directory);
    signals.release();
  }
}
