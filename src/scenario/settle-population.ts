import { connectsByRoom } from '../connects-by-room.ts';
import { mostClients } from './client-keys.ts';
import { DEFAULT_ROOM_SIZE, DEFAULTS, LIMITS } from './defaults.ts';
import type { Problem } from './problem.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import * as rules from './rules.ts';
import type { Population, RoomClass, Scenario } from './scenario.ts';
import { atKey, blamed, type Report, read, type Setting, type Sources, settle } from './setting.ts';
import { deliverOf } from './settle-delivery.ts';

export function settlePopulation(
  sources: Sources,
  protocol: Setting<ProtocolSpec> | undefined,
  report: Report,
): Scenario['population'] | undefined {
  const { values } = sources;
  const rooms =
    values.rooms?.sizes === undefined
      ? settleEqualRooms(sources, protocol, report)
      : settleRooms(sources, values.rooms.sizes, protocol, report);
  if (!rooms || BASICS.some((key) => sources.broken.has(key))) return undefined;
  const perClient = values['rooms-per-client'] ?? read(rules.roomsPerClient(DEFAULTS['rooms-per-client']));
  if (perClient > 1) refuseSeveralRooms(sources, rooms.clients * perClient, protocol?.value, report);
  if (values.rooms?.exponent !== undefined && values.rooms.choice !== 'zipf') {
    report(atKey(sources, 'rooms', 'an exponent goes with choice: zipf'));
  }
  return {
    ...inSeveral(rooms, perClient),
    roomChoice:
      values.rooms?.choice === 'zipf'
        ? { kind: 'zipf', exponent: values.rooms.exponent ?? read(rules.exponent(DEFAULTS.exponent)) }
        : { kind: values.rooms?.choice ?? 'uniform' },
    senderShare: values.senders ?? read(rules.positiveShare(DEFAULTS.senders)),
    connectPerSecond: values.connect?.rate ?? null,
  };
}

type Rooms = Pick<Scenario['population'], 'clients' | 'roomClasses'>;

const BASICS = ['senders', 'connect', 'rooms-per-client'] as const;

/** As many rooms of each size as it takes for everybody to be in so many. */
function inSeveral({ clients, roomClasses }: Rooms, perClient: number): Rooms & Pick<Population, 'roomsPerClient'> {
  if (perClient === 1) return { clients, roomClasses };
  const classes = roomClasses.map(({ size, count }) => ({ size, count: count * perClient }));
  return { clients, roomClasses: classes, roomsPerClient: perClient };
}

function refuseSeveralRooms(sources: Sources, seats: number, protocol: ProtocolSpec | undefined, report: Report): void {
  const refuse = (text: string) => report(atKey(sources, 'rooms-per-client', text));
  if (seats > LIMITS.maxSeats) refuse(`expected at most ${LIMITS.maxSeats} places in all rooms together, got ${seats}`);
  const deliver = deliverOf(protocol);
  if (protocol === 'echo') refuse('expected 1 with protocol echo: each client is alone');
  else if (deliver !== null && deliver !== 'room' && deliver !== 'group')
    refuse(`expected 1 with deliver: ${deliver}: there are no rooms to be in`);
  else if (typeof protocol === 'object' && protocol.kind === 'template' && connectsByRoom(protocol))
    refuse('expected 1 with this protocol: its connections name the {room}, so that each is of one');
}

function settleEqualRooms(
  sources: Sources,
  protocol: Setting<ProtocolSpec> | undefined,
  report: Report,
): Rooms | undefined {
  const { values, flags } = sources;
  const clients = settle(
    sources,
    'clients',
    mostClients(values.clients),
    flags.clients,
    read(rules.clients(DEFAULTS.clients)),
  );
  const usualSize = read(rules.roomSize(DEFAULT_ROOM_SIZE[protocol?.value === 'echo' ? 'echo' : 'pair']));
  const defaultSize = deliverOf(protocol?.value) === 'everyone' && clients ? clients.value : usualSize;
  const roomSize = settle(sources, 'rooms', values.rooms?.size, flags.roomSize, defaultSize, ['rooms', 'size']);
  if (!clients || !roomSize) return undefined;
  if (protocol) report(checkRoomSize(roomSize, protocol.value));
  report(checkRoomsFilled(clients, roomSize));
  return {
    clients: clients.value,
    roomClasses: [{ size: roomSize.value, count: Math.floor(clients.value / roomSize.value) }],
  };
}

/** Rooms of several sizes: the number of clients follows from them. `--room-size` replaces them all. */
function settleRooms(
  sources: Sources,
  classes: readonly RoomClass[],
  protocol: Setting<ProtocolSpec> | undefined,
  report: Report,
): Rooms | undefined {
  const { flags, values } = sources;
  if (flags.roomSize !== undefined) return settleEqualRooms(sources, protocol, report);
  const clients = classes.reduce((sum, { size, count }) => sum + size * count, 0);
  const given = settle(sources, 'clients', mostClients(values.clients), flags.clients, clients);
  if (!given) return undefined;
  if (given.value !== clients) {
    report(given.blame(`expected ${clients}, the members of all rooms.sizes, or none: it follows from them`));
  }
  for (const { size } of classes) {
    if (protocol)
      report(checkRoomSize({ value: size, blame: (text) => atKey(sources, 'rooms', text) }, protocol.value));
  }
  return { clients, roomClasses: classes };
}

function checkRoomSize(
  roomSize: Pick<Setting<number>, 'value' | 'blame'>,
  protocol: ProtocolSpec,
): Problem | undefined {
  const isAlone = deliverOf(protocol) !== null || isSilentToSender(protocol);
  if (isAlone && roomSize.value < 2) {
    return roomSize.blame('expected rooms of 2 or more: alone in a room, a sender has no recipient');
  }
  if (protocol === 'echo' && roomSize.value !== 1) {
    return roomSize.blame('expected rooms of 1 with protocol echo: the sender is its own recipient');
  }
  return undefined;
}

/** What a module says of it is known once it is loaded. */
function isSilentToSender(protocol: ProtocolSpec): boolean {
  return typeof protocol === 'object' && protocol.kind === 'template' && !protocol.senderReceives;
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
