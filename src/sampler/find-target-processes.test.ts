import { describe, expect, it } from 'vitest';
import { findTargetProcesses, type SocketSystem } from './find-target-processes.ts';
import { nameProcess } from './name-process.ts';
import { parseSockets } from './proc-sockets.ts';

const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
const LOOPBACK = '0100007F';
const LOOPBACK_OF_V6 = '0000000000000000FFFF00000100007F';
const ELSEWHERE = '08080808';

/** A table as the system writes it. */
function table(rows: readonly (readonly [local: string, remote: string, state: string, inode: number])[]): string {
  const lines = rows.map(
    ([local, remote, state, inode], index) =>
      `   ${index}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0`,
  );
  return ['  sl  local_address rem_address   st …', ...lines, ''].join('\n');
}

/** Gateway (8080) and worker at a broker (5672), the worker at a database (5432); another client of that; and this process itself. */
function chat(): SocketSystem {
  const end = (port: number, host = LOOPBACK) => `${host}:${hex(port)}`;
  const nobody = '00000000:0000';
  const sockets = parseSockets(
    table([
      [end(8080, '00000000'), nobody, '0A', 1],
      [end(5672, '00000000'), nobody, '0A', 2],
      [end(5432), nobody, '0A', 3],
      [end(40_001), end(5672), '01', 4],
      [end(5672, LOOPBACK_OF_V6), end(40_001, LOOPBACK_OF_V6), '01', 5],
      [end(40_002), end(5672), '01', 6],
      [end(5672), end(40_002), '01', 7],
      [end(40_003), end(5432), '01', 8],
      [end(5432), end(40_003), '01', 9],
      [end(40_004), end(5432), '01', 10],
      [end(5432), end(40_004), '01', 11],
      [end(40_005), end(5672), '01', 12],
      [end(5672), end(40_005), '01', 13],
      // Ended, and one to a broker elsewhere.
      [end(40_006), end(5672), '06', 0],
      [end(40_007), end(5672, ELSEWHERE), '01', 14],
    ]),
  );
  const held: Readonly<Record<number, readonly number[]>> = {
    100: [1, 4],
    200: [2, 5, 7, 13],
    300: [6, 8],
    400: [3, 9, 11],
    500: [10],
    600: [12],
    700: [14],
  };
  const owners = new Map<string, number[]>();
  for (const [pid, inodes] of Object.entries(held))
    for (const inode of inodes) owners.set(String(inode), [...(owners.get(String(inode)) ?? []), Number(pid)]);
  return {
    sockets: () => sockets,
    owners: () => owners,
    nameOf: (pid) => (pid === 100 || pid === 300 ? 'app.js' : `p${pid}`),
    own: () => [600],
  };
}

describe('the processes of a target that nobody named', () => {
  it('are who serves its clients, who is at its queue, and the servers that these are at', () => {
    expect(findTargetProcesses([8080], [5672], chat())).toEqual([
      { name: 'app.js', pid: 100 },
      { name: 'p200', pid: 200 },
      { name: 'app.js-2', pid: 300 },
      { name: 'p400', pid: 400 },
    ]);
  });

  it('without a queue are who serves its clients, and the servers that it is at', () => {
    expect(findTargetProcesses([8080], [], chat()).map(({ pid }) => pid)).toEqual([100, 200]);
  });

  it('are none where nobody listens', () => {
    expect(findTargetProcesses([9], [], chat())).toEqual([]);
  });
});

it.each([
  [['/usr/bin/node', '--enable-source-maps', '/srv/chat/worker.js', 'amqp://a:b@c'], 'worker.js'],
  [['python3', '-u', 'worker.py'], 'worker.py'],
  [['/usr/bin/python3.11', '-m', 'uvicorn', 'app:app'], 'uvicorn'],
  [['java', '-jar', '/srv/chat.jar'], 'chat.jar'],
  [['/usr/lib/postgresql/15/bin/postgres', '-D', '/data'], 'postgres'],
  [['nginx: worker process'], 'nginx'],
  [['/usr/lib/erlang/erts-13/bin/beam.smp', '-W', 'w', '-s', 'rabbit', 'boot'], 'rabbitmq'],
  [['redis-server 127.0.0.1:6379', ''], 'redis-server'],
  [['puma 6.4.2 (tcp://0.0.0.0:3000) [chat]'], 'puma'],
  [['/opt/my chat/server'], 'server'],
  [['node', '--require', '/srv/trace.cjs', '--import=./x.js', '/srv/worker.js'], 'worker.js'],
  [['java', '-cp', '/srv/lib/*', '-Xmx1g', 'chat.Main'], 'chat.Main'],
  [['node'], 'node'],
  [[''], null],
])('%j goes by the name of %s', (words, name) => {
  expect(nameProcess(words)).toBe(name);
});
