import { describe, expect, test } from 'vitest';
import { renderNginxConfig } from './nginx-config.ts';

const SETTINGS = {
  home: '/instance/nginx-1',
  port: 4321,
  balance: 'round-robin',
  gateways: ['127.0.0.1:5001', '127.0.0.1:5002'],
  probePath: '/c0ffee',
  openFiles: 20_000,
} as const;

function read(config: string, directive: string): string[] {
  return [...config.matchAll(new RegExp(`^\\s*${directive} (.+);$`, 'gm'))].map(([, value]) => value ?? '');
}

describe('the configuration of nginx', () => {
  test('listens on loopback, and names every gateway', () => {
    const config = renderNginxConfig(SETTINGS);
    expect(read(config, 'listen')).toEqual([expect.stringMatching(/^127\.0\.0\.1:4321 /)]);
    expect(read(config, 'server').map((server) => server.split(' ')[0])).toEqual(SETTINGS.gateways);
  });

  test.each([
    ['round-robin', []],
    ['ip-hash', ['ip_hash']],
    ['least-conn', ['least_conn']],
    ['random-two', ['random two least_conn']],
  ] as const)('balances by %s', (balance, directives) => {
    const upstream = /upstream gateways \{[^}]*\}/.exec(renderNginxConfig({ ...SETTINGS, balance }))?.[0] ?? '';
    const methods = upstream.split('\n').map((line) => line.trim().replace(/;$/, ''));
    expect(methods.filter((line) => /^(ip_hash|least_conn|random)/.test(line))).toEqual(directives);
  });

  test.each([
    [1_024, 16],
    [20_000, 3],
    [1_048_576, 3],
    [null, 3],
  ])('with %s open files there are %i workers', (openFiles, workers) => {
    expect(read(renderNginxConfig({ ...SETTINGS, openFiles }), 'worker_processes')).toEqual([String(workers)]);
  });

  test.each([20_000, 65_536, null])('holds 20,000 clients and their gateways with %s open files', (openFiles) => {
    const config = renderNginxConfig({ ...SETTINGS, openFiles });
    const connections = Number(read(config, 'worker_processes')[0]) * Number(read(config, 'worker_connections')[0]);
    expect(connections).toBeGreaterThanOrEqual(40_000);
    expect(Number(read(config, 'worker_rlimit_nofile')[0])).toBeLessThanOrEqual(openFiles ?? 1e9);
  });

  test('passes what clients ask for, and no more', () => {
    const config = renderNginxConfig(SETTINGS);
    const passed = [...config.matchAll(/location (.+) \{\s[^}]*?proxy_pass /g)].map(([, place]) => place);
    expect(passed).toEqual(['= /', '= /ws', '= /api/messages', '= /api/notifications', '/rooms/']);
    expect(config).toMatch(/location \/ \{\s+return 404;/);
  });

  test('keeps a WebSocket that is silent for longer than a minute', () => {
    expect(read(renderNginxConfig(SETTINGS), 'proxy_read_timeout')).toEqual(['1d']);
  });

  test('writes nowhere but into its own directory', () => {
    const config = renderNginxConfig(SETTINGS);
    const paths = ['pid', '\\w+_temp_path'].flatMap((directive) => read(config, directive));
    expect(paths).toHaveLength(6);
    for (const path of paths) expect(path).toMatch(/^\/instance\/nginx-1\//);
    expect(read(config, 'error_log')).toEqual(['stderr warn']);
    expect(read(config, 'access_log')).toEqual(['off']);
  });
});
