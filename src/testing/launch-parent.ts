import { launchTarget } from '../launch/launch-target.ts';

/** A parent that launches the target named in its arguments, tells its facts on stdout, and then only lives. */
const kind = process.argv[2] === 'embedded' ? 'embedded' : 'local';
const target = await launchTarget({ kind, topology: 'worker', gateways: 1, workers: 1 }, { attach: false });
process.stdout.write(`${JSON.stringify({ description: target.description, endpoints: target.endpoints })}\n`);
setInterval(() => {}, 1_000);
