import { namesRoom } from '../../connects-by-room.ts';
import type { OpeningStepSpec } from '../../scenario/protocol-spec.ts';

/** A step, and for which of a client's rooms it is taken; null: for none in particular. */
export interface RoomStep {
  readonly step: OpeningStepSpec;
  readonly room: number | null;
}

/**
 * The steps of an opening as a client of these rooms takes them: those that name the room, and what is waited for behind them, for one room
 * after the other; all others once. Of such a step the frames before the first that names the room are sent once, too.
 */
export function listOpeningSteps(
  opening: readonly OpeningStepSpec[],
  [first, ...further]: readonly number[],
): readonly RoomStep[] {
  const steps: RoomStep[] = [];
  let joining: OpeningStepSpec[] = [];
  const repeat = () => {
    for (const room of further) for (const step of joining) steps.push({ step: fromRoomOn(step), room });
    joining = [];
  };
  for (const step of opening) {
    const isOfRoom = namesRoom([step.send, step.await]) || (joining.length > 0 && step.send.length === 0);
    if (!isOfRoom) repeat();
    else joining.push(step);
    steps.push({ step, room: isOfRoom ? first! : null });
  }
  repeat();
  return steps;
}

function fromRoomOn(step: OpeningStepSpec): OpeningStepSpec {
  const first = step.send.findIndex(namesRoom);
  return first > 0 ? { ...step, send: step.send.slice(first) } : step;
}
