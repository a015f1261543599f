import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPlan } from '../../plan/build-plan.ts';
import { buildScenarioFixture } from '../../testing/plan-fixture.ts';
import { cellOf, type UserTable } from '../../user-table.ts';
import { protocolBlock } from '../protocol-block.ts';
import { resolveModule } from '../read-protocol.ts';
import { findPair, settleUsers } from './settle-users.ts';

let directory: string;
let files = 0;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'users-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A scenario of four clients in pairs, with a file of users. */
function settle(text: string, description: object = {}, clients = 4) {
  const name = `users-${files++}.csv`;
  writeFileSync(join(directory, name), text);
  const { users = {}, ...rest } = description as { users?: object };
  const parsed = protocolBlock.parse({ send: { text: '{body}' }, users: { file: name, ...users }, ...rest });
  const scenario = buildScenarioFixture({ protocol: resolveModule(parsed, join(directory, 'chat.yaml')) });
  const population = { ...scenario.population, clients, roomClasses: [{ size: 2, count: clients / 2 }] };
  return { protocol: scenario.protocol, settled: () => settleUsers({ ...scenario, population })! };
}

function column(users: UserTable, name: string): readonly (string | undefined)[] {
  return Array.from({ length: users.rows }, (_, row) => cellOf(users, row, name));
}

describe('a file of users', () => {
  it.each([
    ['CSV', 'name,password\nann,"a,""b"""\nbob,x\neve,ü\njoe,z\n'],
    [
      'CSV of semicolons, with a byte order mark and blank lines',
      '\uFEFFname;password\nann;"a,""b"""\n\nbob;x\neve;ü\njoe;z',
    ],
    [
      'JSON lines',
      [
        '{"name":"ann","password":"a,\\"b\\""}',
        '{"password":"x","name":"bob"}',
        '',
        '{"name":"eve","password":"ü"}',
        '{"name":"joe","password":"z"}',
      ].join('\r\n'),
    ],
  ])('is read as %s', (_format, text) => {
    const { users } = settle(text).settled();
    expect(column(users, 'name')).toEqual(['ann', 'bob', 'eve', 'joe']);
    expect(column(users, 'password')).toEqual(['a,"b"', 'x', 'ü', 'z']);
    expect(users.secret).toEqual([false, true]);
    expect(users.columns[users.nameColumn]).toBe('name');
  });

  it('of JSON lines has members of members, and lists, as columns of their own', () => {
    const line = '{"user":"ann","login":{"pin":98765431,"otp":null},"tags":["a","b"]}\n';
    const { users } = settle(line.repeat(4)).settled();
    expect(users.columns).toEqual(['user', 'login.pin', 'login.otp', 'tags']);
    expect(users.columns.map((name) => cellOf(users, 0, name))).toEqual(['ann', '98765431', '', 'a,b']);
  });

  it.each([
    ['name\nann\nbob\n', {}, 'has 2 users, expected 4, one for each client'],
    ['name,password\n', {}, 'expected at least one user'],
    ['', {}, 'expected a header'],
    ['name,name\na,b\n', {}, 'expected each column once, got "name" twice'],
    ['name,password\nann,x\nbob\n', {}, 'line 3: expected 2 values, as in the header, got 1'],
    ['name,password\nann,"x\n', {}, 'expected CSV (CSV_QUOTE_NOT_CLOSED)'],
    ['{"name":"ann"}\n{"name":"bob"\n', {}, 'line 2: expected a JSON object'],
    ['{"name":"ann"}\n{"user":"bob"}\n', {}, 'line 2: expected a member "name", as in the first'],
    ['name\na\nb\nc\nd\n', { users: { shown: ['tenant'] } }, 'no column "tenant", expected one of name'],
    ['name\na\nb\nc\nd\n', { url: '{endpoint}/{user.id}' }, '{user.id}: no column "id", expected one of name'],
  ])('that does not do is told, where and why: %j %j', (text, description, message) => {
    expect(settle(text, description).settled).toThrow(message);
  });

  it('with fewer users than clients has them several times where that is asked for', () => {
    const { settled } = settle('name\nann\nbob\n', { users: { 'when-short': 'cycle' } });
    expect(settled().users.rows).toBe(2);
  });

  it('that is not there is told by its place', () => {
    const protocol = resolveModule(protocolBlock.parse({ send: '{body}', users: 'none.csv' }), '/nowhere/chat.yaml');
    expect(() => settleUsers(buildScenarioFixture({ protocol }))).toThrow('users /nowhere/none.csv: no such file');
  });
});

describe('rooms of a file', () => {
  const SHARED =
    'name,rooms,pw\nann,red blue,s3cret-1\nbob,red,s3cret-2\neve,blue;red,s3cret-3\nzed,,s3cret-6\njoe,"blue,green",s3cret-4\nzoe,green,s3cret-5\n';
  const ROOMS = [
    { size: 2, count: 1 },
    { size: 3, count: 2 },
  ];

  it('are the rooms of the run, each user one client in all of its own', () => {
    const { scenario, users, seats } = settle(SHARED).settled();
    expect(scenario.population).toMatchObject({ clients: 5, roomClasses: ROOMS });
    expect(column(users, 'name')).toEqual(['ann', 'bob', 'eve', 'joe', 'zoe']);
    expect(column(users, 'rooms')).toEqual(['red blue', 'red', 'blue;red', 'blue,green', 'green']);
    expect(users.roomNames).toEqual(['green', 'red', 'blue']);
    expect(seats!.map((client) => cellOf(users, client, 'name'))).toEqual([
      'joe',
      'zoe',
      'ann',
      'bob',
      'eve',
      'ann',
      'eve',
      'joe',
    ]);
  });

  it.each([
    { url: '{endpoint}/{room}' },
    { headers: { 'x-room': '{room}' } },
    { login: { http: { url: 'http://{host}/{room}' } } },
  ])('are a client in each where %j connects a room alone', (description) => {
    const { scenario, users, seats } = settle(SHARED, description).settled();
    expect(scenario.population).toMatchObject({ clients: 8, roomClasses: ROOMS });
    expect(column(users, 'rooms')).toEqual(['green', 'green', 'red', 'red', 'red', 'blue', 'blue', 'blue']);
    expect(column(users, 'name')).toEqual(['joe', 'zoe', 'ann', 'bob', 'eve', 'ann', 'eve', 'joe']);
    expect(cellOf(users, 4, 'pw')).toBe('s3cret-3');
    expect(seats).toBe(null);
  });

  it('are told by the file alone', () => {
    const { protocol } = settle(SHARED);
    const scenario = buildScenarioFixture({ protocol });
    const population = { ...scenario.population, roomsPerClient: 2 };
    expect(() => settleUsers({ ...scenario, population })).toThrow('expected no rooms-per-client beside it');
  });

  it('with one member have no recipient, unless the server sends to the sender, too', () => {
    const text = 'name,room\nann,red\nbob,red\neve,blue\n';
    expect(settle(text).settled).toThrow('room blue has one member');
    expect(settle(text, { 'sender-receives': true }).settled().scenario.population.clients).toBe(3);
  });

  it('have two for a probe who can talk to each other', () => {
    const { protocol } = settle('name,room\nann,red\nbob,blue\neve,blue\n');
    expect(column(findPair(protocol)!, 'name')).toEqual(['bob', 'eve']);
  });
});

it('100,000 users, each in two rooms, are a few flat arrays, and a plan of numbers', () => {
  const users = Array.from(
    { length: 100_000 },
    (_, n) => `user-${n},s3cret-${n},room-${n % 5_000} room-${5_000 + (n % 7_000)}`,
  );
  const text = `name,password,rooms\n${users.join('\n')}\n`;
  const { scenario, users: table, seats } = settle(text).settled();
  expect(scenario.population.clients).toBe(100_000);
  expect(table.rows).toBe(100_000);
  // No more than the file, and four bytes for each cell.
  expect(table.bytes.byteLength).toBeLessThan(text.length);
  expect(table.bytes.buffer.byteLength).toBe(table.bytes.byteLength);
  expect(table.offsets.byteLength).toBe(4 * (3 * 100_000 + 1));
  expect(seats).toHaveLength(200_000);
  const { seating: _, ...rest } = buildPlan(scenario, 'test', seats);
  expect(JSON.stringify(rest).length).toBeLessThan(10_000);
});
