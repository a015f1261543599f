import type { ConnectionListener, Connector } from '../generator/connection.ts';
import { patchMarker } from '../record/marker.ts';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * An echo server on the virtual clock. `answerAtUs` says when it answers the n-th frame that it got at a given time; null: never.
 */
export function createVirtualEcho(
  clock: VirtualClock,
  answerAtUs: (receivedAtUs: number, frameNumber: number) => number | readonly number[] | null,
): Connector {
  let frames = 0;
  return {
    async connect(_opening, _timeoutUs, listener: ConnectionListener) {
      let isOpen = true;
      return {
        outcome: 'ok',
        connection: {
          get isOpen() {
            return isOpen;
          },
          bufferedBytes: 0,
          sendText() {},
          sendPing() {},
          pauseReading() {},
          resumeReading() {},
          sendMessages(templates, room, sequences, payloads, onWrite) {
            onWrite(sequences);
            for (const [i, sequence] of sequences.entries()) {
              const template = templates[payloads[i]!]!;
              const answers = answerAtUs(clock.nowUs(), frames++);
              if (answers === null) continue;
              const frame = Buffer.from(template.frame);
              for (const offset of template.markerOffsets) patchMarker(frame, offset, sequence, room);
              for (const atUs of typeof answers === 'number' ? [answers] : answers) {
                clock.after(atUs - clock.nowUs(), () => isOpen && listener.onFrame(frame));
              }
            }
          },
          close() {
            isOpen = false;
          },
        },
      };
    },
  };
}

/** A server that does nothing for the first `stallUs` of every `periodUs`, and otherwise answers at once. */
export function stallPeriodically(stallUs: number, periodUs: number): (receivedAtUs: number) => number {
  return (receivedAtUs) => {
    const phaseUs = receivedAtUs % periodUs;
    return phaseUs < stallUs ? receivedAtUs - phaseUs + stallUs : receivedAtUs;
  };
}
