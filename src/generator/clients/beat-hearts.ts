import type { Clock } from '../../clock.ts';
import type { Heartbeat } from '../../protocol/chat-protocol.ts';
import type { VirtualClient } from './virtual-client.ts';

/**
 * Sends every client's heartbeat once per period as long as it is connected. The clients take turns within the period: all
 * of them at once would be a burst of its own.
 *
 * @returns what ends it
 */
export function beatHearts(clients: readonly VirtualClient[], heartbeat: Heartbeat, clock: Clock): () => void {
  const turns = Math.max(1, Math.min(clients.length, Math.floor(heartbeat.everyUs / SHORTEST_TURN_US)));
  const turnUs = heartbeat.everyUs / turns;
  const beganUs = clock.nowUs();
  let turn = 0;
  let cancel = () => {};
  const wait = () => {
    cancel = clock.after(Math.max(0, beganUs + (turn + 1) * turnUs - clock.nowUs()), beat);
  };
  const beat = () => {
    for (let i = turn % turns; i < clients.length; i += turns) beatHeart(clients[i]!, heartbeat);
    turn++;
    wait();
  };
  wait();
  return () => cancel();
}

const SHORTEST_TURN_US = 50_000;

function beatHeart({ connection }: VirtualClient, { frame }: Heartbeat): void {
  if (connection?.isOpen !== true) return;
  if (frame === null) connection.sendPing();
  else connection.sendText(frame);
}
