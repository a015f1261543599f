import { serveTarget } from './serve-target.ts';
import { startLocalTarget } from './start-local-target.ts';

await serveTarget(startLocalTarget);
