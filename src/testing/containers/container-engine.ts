import type { EngineTraces } from './engine-traces.ts';

/** An engine for a test, with Compose. */
export interface ContainerEngine {
  /** The environment in which `docker` and `docker compose` speak to it. */
  readonly env: NodeJS.ProcessEnv;
  /** One of the test's own, which has no images; null: the user's, which fetches them. */
  readonly own: EngineTraces | null;
  /** Everything of an own one ends and is removed, containers that run included; the user's is left alone. */
  stop(): Promise<void>;
}
