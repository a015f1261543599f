import { openContainerEngine } from './open-container-engine.ts';
import { runProgram } from './run-program.ts';

/** A process that opens an engine with a network, tells its folder on stdout, and then only lives. */
const { own, env } = await openContainerEngine();
if (own === null) throw new Error('expected an engine of its own');
const bridge = `com.docker.network.bridge.name=${own.bridgePrefix}held`;
await runProgram('docker', ['network', 'create', '--opt', bridge, 'held'], { env });
process.stdout.write(`${JSON.stringify(own)}\n`);
setInterval(() => {}, 1_000);
