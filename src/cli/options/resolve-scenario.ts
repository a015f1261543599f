import { ChatbenchError } from '../../errors.ts';
import { checkAbort } from '../../gate/abort-watch.ts';
import { checkThreshold } from '../../gate/threshold.ts';
import { chooseKind } from '../../launch/plan-launch.ts';
import { loadScenario } from '../../scenario/load-scenario.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { deliverOf } from '../../scenario/settle-delivery.ts';
import { settleUsers } from '../../scenario/users/settle-users.ts';
import { type RunOptions, toOverrides } from './run-options.ts';

/**
 * The scenario that `run` was asked for, flags applied, ready to be planned.
 *
 * @throws ChatbenchError `scenario-unknown`, `scenario-invalid` with all problems, or `usage` where it needs an address
 */
export function resolveScenario(nameOrPath: string, options: RunOptions): Scenario {
  const scenario = loadScenario(nameOrPath, {
    overrides: toOverrides(options),
    checkThreshold,
    checkAbort,
    protocol: options.protocol,
    environment: process.env,
    resolveAuto: chooseKind,
  });
  if (deliverOf(scenario.protocol) === null && scenario.target.kind !== 'external') {
    const server = scenario.protocol === 'echo' ? 'a server that echoes' : 'a server that speaks its protocol';
    throw new ChatbenchError('usage', `scenario "${scenario.name}" needs ${server}, expected its address`, {
      hint: 'give it with --target ws://HOST:PORT/PATH',
    });
  }
  return settleUsers(scenario)?.scenario ?? scenario;
}
