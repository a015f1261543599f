/** Pauses the arrivals of a run: what falls due meanwhile is skipped, and no intended time moves. */
export interface PauseSwitch {
  readonly isPaused: boolean;
  toggle(): void;
  /** Yields what takes the listener off again. */
  onChange(listener: (isPaused: boolean) => void): () => void;
}

export function createPauseSwitch(): PauseSwitch {
  let isPaused = false;
  const listeners = new Set<(isPaused: boolean) => void>();
  return {
    get isPaused() {
      return isPaused;
    },
    toggle() {
      isPaused = !isPaused;
      for (const listener of listeners) listener(isPaused);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
