import { DEFAULT_ROOM_SIZE, DEFAULTS } from './defaults.ts';
import type { Problem } from './problem.ts';
import * as rules from './rules.ts';
import type { ProtocolName, Scenario } from './scenario.ts';
import { blamed, type Report, read, type Setting, type Sources, settle } from './setting.ts';

export function settlePopulation(
  sources: Sources,
  protocol: Setting<ProtocolName> | undefined,
  report: Report,
): Scenario['population'] | undefined {
  const { values, flags } = sources;
  const clients = settle(sources, 'clients', values.clients, flags.clients, read(rules.clients(DEFAULTS.clients)));
  const defaultSize = read(rules.roomSize(DEFAULT_ROOM_SIZE[protocol?.value ?? 'reference']));
  const roomSize = settle(sources, 'rooms', values.rooms?.size, flags.roomSize, defaultSize, ['rooms', 'size']);
  if (!clients || !roomSize) return undefined;
  if (protocol) report(checkRoomSize(roomSize, protocol.value));
  report(checkRoomsFilled(clients, roomSize));
  return { clients: clients.value, roomSize: roomSize.value };
}

function checkRoomSize(roomSize: Setting<number>, protocol: ProtocolName): Problem | undefined {
  if (protocol === 'reference' && roomSize.value < 2) {
    return roomSize.blame('expected rooms of 2 or more: alone in a room, a sender has no recipient');
  }
  if (protocol === 'echo' && roomSize.value !== 1) {
    return roomSize.blame('expected rooms of 1 with protocol echo: the sender is its own recipient');
  }
  return undefined;
}

function checkRoomsFilled(clients: Setting<number>, roomSize: Setting<number>): Problem | undefined {
  const size = roomSize.value;
  if (clients.value % size === 0) return undefined;
  const below = clients.value - (clients.value % size);
  const fitting = below === 0 ? `${size}` : `${below} or ${below + size}`;
  if (blamed(clients, roomSize) === roomSize) {
    return roomSize.blame(`expected a size that divides the ${clients.value} clients, or ${fitting} clients`);
  }
  return clients.blame(`expected full rooms: a multiple of the room size ${size}, such as ${fitting} clients`);
}
