import { startLocalTarget } from './local/start-local-target.ts';
import { serveTarget } from './serve-target.ts';

await serveTarget(startLocalTarget);
