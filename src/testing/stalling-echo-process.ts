import { WebSocketServer } from 'ws';
import { monotonicUs } from '../clock.ts';

/**
 * An echo server that stands still now and then, and logs truly how long it did. Arguments: stall and period, ms; a stall of 0
 * never happens. Besides the stalls that it makes, it logs every gap of its loop above 1 ms that the machine made: an oracle
 * built on the log holds on a busy machine, too. Reports `{ port }` over IPC; answers any message with
 * `{ gaps: [[fromUs, toUs], …] }` on the monotonic clock, and dies with its parent.
 */
const [stallMs, periodMs] = process.argv.slice(2).map(Number) as [number, number];
const gaps: [number, number][] = [];
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.on('listening', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('message', () => process.send?.({ gaps }));
process.on('disconnect', () => process.exit(0));

const still = new Int32Array(new SharedArrayBuffer(4));
/** A turn of the loop that begins later than it could have is a gap, whatever held it up. */
const GAP_US = 1_000;
let turnedAtUs = monotonicUs();

function stall(): void {
  Atomics.wait(still, 0, 0, stallMs);
  // It ends here, and not with the loop's next turn: before that, all that has come in meanwhile is answered.
  const nowUs = monotonicUs();
  gaps.push([turnedAtUs, nowUs]);
  turnedAtUs = nowUs;
}
if (stallMs > 0) setInterval(stall, periodMs);

function turn(): void {
  const nowUs = monotonicUs();
  if (nowUs - turnedAtUs > GAP_US) gaps.push([turnedAtUs, nowUs]);
  turnedAtUs = nowUs;
  setImmediate(turn);
}
turn();
