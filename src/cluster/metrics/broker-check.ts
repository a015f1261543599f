import { setTimeout as wait } from 'node:timers/promises';

/** How to find out whether a broker answers. */
export interface BrokerCheck {
  /** "rabbitmq", "redis", "postgres" */
  readonly name: string;
  /** Settles when it has answered; rejects, or never settles, where it does not. */
  ping(): Promise<unknown>;
}

const PATIENCE_MS = 1_000;

/** Names of those that do not answer within a second, in the order given. */
export async function findSilentBrokers(checks: readonly BrokerCheck[]): Promise<readonly string[]> {
  const answers = await Promise.all(
    checks.map(({ ping }) =>
      Promise.race([
        ping().then(
          () => true,
          () => false,
        ),
        wait(PATIENCE_MS, false, { ref: false }),
      ]),
    ),
  );
  return checks.filter((_, i) => !answers[i]).map(({ name }) => name);
}
