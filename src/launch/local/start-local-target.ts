import { join } from 'node:path';
import { ChatbenchError } from '../../errors.ts';
import type { LaunchPlan } from '../launch-plan.ts';
import { findLocalBinaries, listMissingBinaries } from '../machine/find-binaries.ts';
import { findServiceAccount } from '../machine/service-account.ts';
import type { StartTarget } from '../served-target.ts';
import { chooseBase, createInstanceDirectory } from '../supervision/instance-directory.ts';
import { superviseProcesses } from '../supervision/supervision.ts';
import { sweepStaleInstances } from '../supervision/sweep-stale-instances.ts';
import { createFaults } from './component-faults.ts';
import { StartFailure } from './start-component.ts';
import { type FoundBinaries, startLocalCluster } from './start-local-cluster.ts';

/** Private brokers, gateways and workers in a temporary directory of their own. */
export const startLocalTarget: StartTarget = async (plan, signal, onProgress) => {
  const binaries = requireBinaries(plan);
  const account = await findServiceAccount();
  // What cannot be cleaned up is no reason not to start.
  const sweep = sweepStaleInstances(chooseBase(account)).catch(() => []);
  const directory = createInstanceDirectory(account);
  const supervision = superviseProcesses(directory);
  const stop = async () => {
    await supervision.stop();
    await directory.remove();
  };
  // Ends also what looks at no signal: initdb.
  signal.addEventListener('abort', () => void supervision.stop(), { once: true });
  try {
    const started = startLocalCluster({ directory, supervision, account, signal }, binaries, plan, onProgress);
    // A broker that dies after it was ready would otherwise show as the failure of whoever connects to it.
    const died = supervision.failure.then((failure): never => {
      throw new StartFailure(failure);
    });
    const { facts, brokers } = await Promise.race([started, died]);
    await sweep;
    const faults = createFaults(supervision, brokers);
    return {
      facts,
      logDirectory: join(directory.path, 'log'),
      failure: supervision.failure,
      faults,
      followRestarts(onRestarted) {
        supervision.onRestarted = ({ spec, identity }) => onRestarted({ name: spec.name, pid: identity.pid });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

function requireBinaries({ balance, topology }: LaunchPlan): FoundBinaries {
  const binaries = findLocalBinaries();
  const { redis, rabbitmq, postgresDirectory, nginx } = binaries;
  const missing = listMissingBinaries(binaries, balance, topology).join(', ');
  if (redis === null || postgresDirectory === null || missing !== '') {
    throw new ChatbenchError('target-unavailable', `target "local" needs programs that are not installed: ${missing}`, {
      hint: 'install them with "chatbench target install", or use "--target embedded"',
    });
  }
  return { redis, rabbitmq, postgresDirectory, nginx };
}
