import { connectsByRoom } from '../../connects-by-room.ts';
import { ChatbenchError } from '../../errors.ts';
import { listColumns } from '../../placeholders.ts';
import { rememberUserSecret } from '../../redact.ts';
import { cellAt, listSecretCells, type UserTable, UserTableBuilder } from '../../user-table.ts';
import type { ProtocolSpec, TemplateSpec, UsersFileSpec } from '../protocol-spec.ts';
import type { RoomClass, Scenario } from '../scenario.ts';
import { readUsers, requireColumns } from './read-users.ts';

/** A scenario whose users are known, client by client: client c is row c mod rows. */
export interface Peopled {
  readonly scenario: Scenario;
  readonly users: UserTable;
  /** Whose each place in a room is, room by room; null where each client is in one room, as the plan lays them out. */
  readonly seats: readonly number[] | null;
}

/**
 * Reads the users that a scenario's description names; null where it names none. Rooms that the file tells replace those of the plan, and
 * with them the number of clients: a member of several rooms is one client in all of them, but a client in each where connections name
 * their room.
 *
 * @throws ChatbenchError `scenario-invalid` where the file cannot be read, lacks a column, or has too few users
 */
export function settleUsers(scenario: Scenario): Peopled | null {
  const { protocol } = scenario;
  if (typeof protocol === 'string' || protocol.kind !== 'template' || protocol.usersFile === null) return null;
  const table = readUsersOf(protocol, protocol.usersFile);
  if (table.roomColumn >= 0) {
    const { roomsPerClient, arriving } = scenario.population;
    if (roomsPerClient !== undefined) throw refuseRooms(protocol.usersFile.file, 'rooms-per-client');
    if (arriving !== undefined) throw refuseRooms(protocol.usersFile.file, 'clients that come during measure');
    return settleRooms(scenario, protocol, table);
  }
  const { clients } = scenario.population;
  if (table.rows < clients && protocol.usersFile.whenShort === 'error') {
    throw new ChatbenchError(
      'scenario-invalid',
      `users ${protocol.usersFile.file}: has ${table.rows} users, expected ${clients}, one for each client`,
      {
        hint: `run with --clients ${table.rows}, or let clients share them: users: { file: …, when-short: cycle }`,
      },
    );
  }
  return { scenario, users: table, seats: null };
}

function refuseRooms(file: string, beside: string): ChatbenchError {
  return new ChatbenchError(
    'scenario-invalid',
    `users ${file}: says which rooms everybody is in: expected no ${beside} beside it`,
    { hint: `leave the ${beside} out, or the column of rooms` },
  );
}

/** Each file once: a run does not see two versions of it. */
const tables = new Map<string, UserTable>();

/** The file, with all columns that the description asks for. What is secret in it is one from now on. */
export function readUsersOf(protocol: TemplateSpec, file: UsersFileSpec): UserTable {
  const key = JSON.stringify(file);
  let table = tables.get(key);
  if (table === undefined) {
    table = readUsers(file);
    for (const secret of listSecretCells(table)) rememberUserSecret(secret);
    tables.set(key, table);
  }
  requireColumns(table, listColumns(JSON.stringify(protocol)), file.file);
  return table;
}

/** Two users that can talk to each other, for those who need no more; null where the description names no file. */
export function findPair(protocol: ProtocolSpec): UserTable | null {
  if (typeof protocol === 'string' || protocol.kind !== 'template' || protocol.usersFile === null) return null;
  const table = readUsersOf(protocol, protocol.usersFile);
  if (table.roomColumn < 0) return table;
  const shared = [...groupByRoom(table)].find(([, members]) => members.length > 1);
  return shared === undefined ? table : nameRooms(table, [shared]);
}

/** Rooms of one size are one class, the smallest first. */
function settleRooms(scenario: Scenario, protocol: TemplateSpec, table: UserTable): Peopled {
  const rooms = [...groupByRoom(table)].sort(([, a], [, b]) => a.length - b.length);
  const alone = rooms.find(([, members]) => members.length < 2);
  if (alone !== undefined && !protocol.senderReceives) {
    throw new ChatbenchError(
      'scenario-invalid',
      `users ${protocol.usersFile?.file}: room ${alone[0]} has one member: alone in a room, a sender has no recipient`,
      {
        hint: 'give it another member, or say sender-receives: true where the server sends a message to its sender, too',
      },
    );
  }
  const counts = new Map<number, number>();
  for (const [, { length }] of rooms) counts.set(length, (counts.get(length) ?? 0) + 1);
  const roomClasses: readonly RoomClass[] = [...counts].map(([size, count]) => ({ size, count }));
  const spoken = [protocol, ...(scenario.groups ?? []).map((group) => group.protocol)];
  const isByRoom = spoken.some((one) => typeof one === 'object' && one.kind === 'template' && connectsByRoom(one));
  const seatedRows = rooms.flatMap(([, members]) => members);
  const areInOne = new Set(seatedRows).size === seatedRows.length;
  const { users, seats } =
    areInOne || isByRoom ? { users: nameRooms(table, rooms), seats: null } : seatUsers(table, rooms);
  return {
    scenario: { ...scenario, population: { ...scenario.population, clients: users.rows, roomClasses } },
    users,
    seats,
  };
}

type NamedRooms = readonly (readonly [room: string, members: readonly number[]])[];

/** A client for each user who is in a room, in the order of the file, with a seat in each of its rooms. */
function seatUsers(table: UserTable, rooms: NamedRooms): Pick<Peopled, 'users' | 'seats'> {
  const seatedRows = [...new Set(rooms.flatMap(([, members]) => members))].sort((a, b) => a - b);
  const clientOfRow = new Map(seatedRows.map((row, client) => [row, client]));
  const builder = new UserTableBuilder();
  for (const row of seatedRows) builder.add(table.columns.map((_, column) => cellAt(table, row, column)));
  return {
    users: { ...builder.build(table), roomNames: rooms.map(([name]) => name) },
    seats: rooms.flatMap(([, members]) => members.map((row) => clientOfRow.get(row)!)),
  };
}

function groupByRoom(table: UserTable): ReadonlyMap<string, number[]> {
  const rooms = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++) {
    const named = new Set(
      cellAt(table, row, table.roomColumn)
        .split(/[,;|\s]+/)
        .filter((room) => room !== ''),
    );
    for (const room of named) {
      const members = rooms.get(room);
      if (members === undefined) rooms.set(room, [row]);
      else members.push(row);
    }
  }
  return rooms;
}

/** A row for each member of each room, with this room in place of all of its user's. */
function nameRooms(table: UserTable, rooms: NamedRooms): UserTable {
  const builder = new UserTableBuilder();
  for (const [room, members] of rooms) {
    for (const row of members) {
      builder.add(table.columns.map((_, column) => (column === table.roomColumn ? room : cellAt(table, row, column))));
    }
  }
  return builder.build(table);
}
