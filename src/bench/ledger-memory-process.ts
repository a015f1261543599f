import { Recorder } from '../record/recorder.ts';
import { PAIRS } from './pairs.ts';

const NO_FRAME = Buffer.alloc(0);

/** Entry point: records as many messages as the argument says, 1,000 in flight; prints the peak of its memory, bytes. */
const messages = Number(process.argv[2]);
const recorder = new Recorder({ rooms: PAIRS, senderReceives: false, expectsAck: true }, 5_000_000, () => {});
for (let i = 0; i < messages; i++) {
  const room = i & 1023;
  const offered = recorder.offer(room, room * 2, i * 10, i * 10 + 3, true);
  recorder.wrote(offered, i * 10 + 3);
  const sequence = i - 1000;
  if (sequence < 0) continue;
  const settled = sequence & 1023;
  recorder.acknowledged(sequence, i * 10, NO_FRAME);
  recorder.delivered(sequence, settled, settled * 2 + 1, i * 10, NO_FRAME);
}
// In kilobytes, on Linux and macOS alike.
process.stdout.write(`${process.resourceUsage().maxRSS * 1024}\n`);
