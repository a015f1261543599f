import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPortRange } from '../../../launch/machine/find-port-range.ts';
import { measurePreset } from '../../../testing/measure-preset.ts';
import { type RunningProgram, startProgram } from '../../../testing/programs.ts';

const USERS = 20;
const names = Array.from({ length: USERS }, (_, i) => `ann${i}`);

let prosody: RunningProgram;
let port: number;

beforeAll(async () => {
  port = await findPortRange(4);
  const configuration = `
run_as_root = true
pidfile = "prosody.pid"
data_path = "data"
plugin_paths = {}
certificates = "."
modules_enabled = { "roster", "saslauth", "disco", "websocket" }
modules_disabled = { "s2s", "offline" }
consider_websocket_secure = true
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
c2s_ports = { ${port} }
http_ports = { ${port + 1} }
http_interfaces = { "127.0.0.1" }
interfaces = { "127.0.0.1" }
https_ports = {}
limits = {}
log = { error = "*console" }
http_default_host = "localhost"
VirtualHost "localhost"
  authentication = "internal_plain"
VirtualHost "anonymous.localhost"
  authentication = "anonymous"
Component "conference.localhost" "muc"
  muc_room_locking = false
`;
  prosody = await startProgram(
    'prosody',
    (directory) => {
      const accounts = join(directory, 'data', 'localhost', 'accounts');
      mkdirSync(accounts, { recursive: true });
      for (const name of names) writeFileSync(join(accounts, `${name}.dat`), `return { ["password"] = "pw-${name}" };`);
      return ['-F', '--config', join(directory, 'prosody.cfg.lua')];
    },
    [port + 1],
    { 'prosody.cfg.lua': configuration },
  );
});

afterAll(() => prosody?.stop());

it.concurrent('prosody brings each message of users of a file, by SASL PLAIN, once to each occupant', async () => {
  const files = { 'users.csv': ['name,password', ...names.map((name) => `${name},pw-${name}`)].join('\n') };
  const { connections } = await measurePreset('xmpp', `ws://127.0.0.1:${port + 1}`, { files, clients: USERS });
  expect(connections).toMatchObject({ opened: USERS, failed: 0 });
});

it.concurrent('does for anonymous ones', async () => {
  const change = (text: string) =>
    text.replace(/^(?:password|users):.*\n/gm, '').replace('domain: localhost', 'domain: anonymous.localhost');
  await measurePreset('xmpp', `ws://127.0.0.1:${port + 1}`, { change });
});
