const SHOWN_EVERY_US = 250_000;
/** Over which the rate is taken. */
const WINDOW_US = 1_000_000;

export interface OpeningProgress {
  readonly connected: number;
  readonly openedPerSecond: number;
  /** Since connecting began. */
  readonly elapsedUs: number;
}

/** How connecting goes on over all shards, told at most four times a second. */
export function followOpening(startUs: number) {
  const perShard = new Map<number, number>();
  let past: { readonly atUs: number; readonly connected: number }[] = [{ atUs: startUs, connected: 0 }];
  return {
    /** A shard has opened so many by now. Null where it was told a moment ago. */
    add(shard: number, opened: number, atUs: number): OpeningProgress | null {
      perShard.set(shard, opened);
      if (atUs - past.at(-1)!.atUs < SHOWN_EVERY_US) return null;
      const connected = [...perShard.values()].reduce((sum, count) => sum + count, 0);
      past.push({ atUs, connected });
      const windowStart = past.findLastIndex((one) => atUs - one.atUs >= WINDOW_US);
      past = past.slice(Math.max(0, windowStart));
      const first = past[0]!;
      const openedPerSecond = Math.round(((connected - first.connected) * 1e6) / (atUs - first.atUs));
      return { connected, openedPerSecond, elapsedUs: atUs - startUs };
    },
  };
}
