/**
 * All deliveries of one batch for one gateway, in one payload: a line of `room TAB connection TAB frame` for each message.
 * Neither names nor JSON contain a tab or a newline.
 */
export interface Parcel {
  readonly gateway: string;
  readonly payload: string;
}

/** @param connection the sender's, which gets no copy */
export function encodeDelivery(room: string, connection: string, frame: string): string {
  return `${room}\t${connection}\t${frame}\n`;
}

/**
 * Calls `visit` for every delivery of a payload, in order. `frame` is a view into the payload, not a copy.
 * An incomplete last line is left out.
 */
export function visitDeliveries(
  payload: Buffer,
  visit: (room: string, connection: string, frame: Buffer) => void,
): void {
  let start = 0;
  while (start < payload.length) {
    const afterRoom = payload.indexOf(TAB, start);
    const afterConnection = payload.indexOf(TAB, afterRoom + 1);
    const end = payload.indexOf(NEWLINE, afterConnection + 1);
    if (afterRoom < 0 || afterConnection < 0 || end < 0) return;
    visit(
      payload.toString('latin1', start, afterRoom),
      payload.toString('latin1', afterRoom + 1, afterConnection),
      payload.subarray(afterConnection + 1, end),
    );
    start = end + 1;
  }
}

const TAB = 9;
const NEWLINE = 10;
