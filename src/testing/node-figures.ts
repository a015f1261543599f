import { setTimeout as sleep } from 'node:timers/promises';

/** What nodes tell of themselves at their `/stats` addresses; nothing of those that do not answer. */
export async function readFigures(stats: readonly string[]): Promise<readonly Record<string, number>[]> {
  const answers = stats.map((address) =>
    fetch(address)
      .then((response) => response.json() as Promise<Record<string, number>>)
      .catch(() => ({})),
  );
  return Promise.all(answers);
}

export async function sumFigure(stats: readonly string[], name: string): Promise<number> {
  return (await readFigures(stats)).reduce((sum, figures) => sum + (figures[name] ?? 0), 0);
}

/** Settles when each of the nodes has said that its brokers answer. */
export async function becomeReady(stats: readonly string[]): Promise<void> {
  await Promise.all(stats.map((address) => becomesReady(address.replace('/stats', '/health'))));
}

async function becomesReady(health: string): Promise<void> {
  while (
    !(await fetch(health).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    await sleep(20);
  }
}
