import type { Clock } from '../../clock.ts';
import type { WakeUp } from './wake-up.ts';

/** Two for one: each is set and cancelled by itself, and the one behind them is set to whichever comes first. */
export function shareWakeUp(wakeUp: WakeUp, clock: Clock): readonly [WakeUp, WakeUp] {
  const slots = [createSlot(), createSlot()] as const;
  let isWaking = false;
  const set = () => {
    // Those who wake set themselves again: once for all of them is enough.
    if (isWaking) return;
    const dueAtUs = Math.min(slots[0].dueAtUs, slots[1].dueAtUs);
    if (dueAtUs === NEVER) wakeUp.cancel();
    else wakeUp.at(dueAtUs, wake);
  };
  const wake = () => {
    isWaking = true;
    const nowUs = clock.nowUs();
    for (const slot of slots) {
      if (slot.dueAtUs > nowUs) continue;
      slot.dueAtUs = NEVER;
      slot.callback();
    }
    isWaking = false;
    set();
  };
  const share = (slot: Slot): WakeUp => ({
    at(timeUs, callback) {
      slot.dueAtUs = timeUs;
      slot.callback = callback;
      set();
    },
    cancel() {
      slot.dueAtUs = NEVER;
      set();
    },
  });
  return [share(slots[0]), share(slots[1])];
}

const NEVER = Number.POSITIVE_INFINITY;

interface Slot {
  dueAtUs: number;
  callback: () => void;
}

function createSlot(): Slot {
  return { dueAtUs: NEVER, callback: () => {} };
}
