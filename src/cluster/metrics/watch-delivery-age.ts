const KEY = Buffer.from('"at":');
/** The names before it are short: what is not there by now is no message. */
const SEARCHED_BYTES = 600;
/** Milliseconds since 1970 have 13 digits until the year 2286. */
const DIGITS = 13;

/**
 * Yields a function to call with each frame that is about to be written to recipients. It observes how long ago the
 * message was accepted, of the first frame of every turn of the event loop: one observation per burst, not per message.
 */
export function watchDeliveryAge(histogram: { observe(seconds: number): void }): (frame: Buffer) => void {
  let watched = false;
  const forget = () => {
    watched = false;
  };
  return (frame) => {
    if (watched) return;
    watched = true;
    setImmediate(forget);
    const at = readAcceptedAtMs(frame);
    if (at !== null) histogram.observe(Math.max(0, Date.now() - at) / 1_000);
  };
}

/** Null where the frame tells no time: a notification. */
function readAcceptedAtMs(frame: Buffer): number | null {
  const key = frame.subarray(0, SEARCHED_BYTES).indexOf(KEY);
  if (key < 0) return null;
  const at = Number(frame.toString('latin1', key + KEY.length, key + KEY.length + DIGITS));
  return Number.isSafeInteger(at) ? at : null;
}
