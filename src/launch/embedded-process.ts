import { serveTarget } from './serve-target.ts';
import { startEmbeddedTarget } from './start-embedded-target.ts';

await serveTarget(startEmbeddedTarget);
