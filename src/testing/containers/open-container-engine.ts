import { findProgram } from '../../launch/machine/find-binaries.ts';
import type { ContainerEngine } from './container-engine.ts';
import { startPrivateEngine, whyNoPrivateEngine } from './private-engine.ts';
import { runProgram } from './run-program.ts';

/**
 * An engine of the test's own where this machine lets us have one: as root, of Debian's packages. Else the one that the user has.
 * Rejects where there is neither, with what to install.
 */
export async function openContainerEngine(): Promise<ContainerEngine> {
  const obstacle = whyNoPrivateEngine();
  if (obstacle === null) return startPrivateEngine();
  const lack = await whyNoEngineOfTheUser();
  if (lack !== null) {
    throw new Error(
      `no container engine for this test: ${obstacle}, so that it cannot have one of its own, and ${lack}; ` +
        'install Docker with its compose plugin (https://docs.docker.com/engine/install) and start it',
    );
  }
  return { env: process.env, own: null, stop: async () => {} };
}

async function whyNoEngineOfTheUser(): Promise<string | null> {
  if (findProgram('docker') === null) return 'Docker is not installed';
  const asks = [
    ['the engine of Docker does not answer', ['info']],
    ['Docker has no compose plugin', ['compose', 'version']],
  ] as const;
  for (const [lack, args] of asks) {
    const answers = await runProgram('docker', args).then(
      () => true,
      () => false,
    );
    if (!answers) return lack;
  }
  return null;
}
