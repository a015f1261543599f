import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { findLocalBinaries, findProgram } from '../../launch/machine/find-binaries.ts';
import { listInstalledFiles } from './installed-files.ts';
import { runProgram } from './run-program.ts';

/** Of all of them; what they ask of each other's images is not so much that a layer for each would pay. */
const TOOLS = [
  'bash',
  'dash',
  'coreutils',
  'grep',
  'hostname',
  'libc-bin',
  'libstdc++6',
  'netbase',
  'sed',
  'util-linux',
];
const BASE = 'chatbench-standin';

interface Standin {
  readonly packages: readonly string[];
  /** Lines of its Dockerfile. None of them runs anything: a container for each would take most of the time. */
  readonly lines: (programs: { readonly rabbitmq: string; readonly postgres: string }) => readonly string[];
}

const FOLDERS = [
  ...['tmp', 'run', 'proc', 'sys', 'dev', 'etc', 'var/tmp', 'var/log', 'var/lib', 'home/node'],
  ...['usr/local/bin', 'usr/local/etc', 'usr/local/lib/node_modules'],
];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
/** Folders of users other than root, by their names or numbers. */
const HOMES = [
  { path: 'data', owner: 'redis', mode: 0o755 },
  { path: 'var/lib/rabbitmq', owner: 'rabbitmq', mode: 0o755 },
  { path: 'var/log/rabbitmq', owner: 'rabbitmq', mode: 0o755 },
  { path: 'var/lib/postgresql', owner: 'postgres', mode: 0o1777 },
  { path: 'run/postgresql', owner: 'postgres', mode: 0o1777 },
  // As which official images run it; Debian has another name and number for it.
  { path: 'var/log/nginx', owner: 101, mode: 0o755 },
] as const;
const PATH = '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const STANDINS: Record<string, Standin> = {
  redis: {
    packages: ['redis-server', 'redis-tools'],
    lines: () => ['VOLUME /data', 'WORKDIR /data', 'CMD ["redis-server"]'],
  },
  rabbitmq: {
    packages: ['rabbitmq-server'],
    lines: ({ rabbitmq }) => [
      `ENV HOME=/var/lib/rabbitmq RABBITMQ_LOGS=- LANG=C.UTF-8 PATH=${rabbitmq}:${PATH}`,
      'VOLUME /var/lib/rabbitmq',
      'CMD ["rabbitmq-server"]',
    ],
  },
  postgres: {
    packages: ['postgresql'],
    lines: ({ postgres }) => [
      `ENV PGDATA=/var/lib/postgresql/data PATH=${postgres}:${PATH}`,
      'VOLUME /var/lib/postgresql/data',
      'ENTRYPOINT ["/usr/local/bin/start-postgres"]',
      'CMD ["postgres"]',
      'STOPSIGNAL SIGINT',
    ],
  },
  nginx: { packages: ['nginx'], lines: () => ['CMD ["nginx", "-g", "daemon off;"]', 'STOPSIGNAL SIGQUIT'] },
  node: { packages: [], lines: () => ['CMD ["node"]'] },
};

/**
 * What official images do on their first start and Debian's packages leave to their administrator, as far as a composition of
 * chatbench asks for it.
 */
const SCRIPTS = {
  npm: '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n',
  'start-postgres': `#!/bin/sh
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  file=$(mktemp)
  printf %s "$POSTGRES_PASSWORD" > "$file"
  initdb --username "$POSTGRES_USER" --pwfile "$file" --auth-host scram-sha-256 --auth-local trust --no-sync
  rm "$file"
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
fi
exec "$@"
`,
  // Busybox, which images on Alpine have, brings it; asked for one address, and nothing but whether it is well.
  wget: `#!/bin/bash
rest=\${!#}; rest=\${rest#http://}; host=\${rest%%/*}
exec 3<>"/dev/tcp/\${host%:*}/\${host#*:}"
printf 'GET /%s HTTP/1.0\\r\\n\\r\\n' "\${rest#*/}" >&3
read -r _ status _ <&3
test "$status" = 200
`,
};

/**
 * Images, under the names by which a composition asks for them, of what this machine has installed: an engine of a test's own has no
 * registry to fetch the real ones from. They are of other versions, and not on Alpine: what only those have is not tried by them.
 * Rejects where a program is missing, or not of Debian's packages.
 *
 * @param folder where to work; exists
 * @param names  "redis:7.4.5-alpine", "node:24.21-slim", …
 */
export async function buildStandinImages(
  env: NodeJS.ProcessEnv,
  folder: string,
  names: readonly string[],
): Promise<void> {
  const images = names.map((name) => ({ name, standin: STANDINS[name.split(':')[0] ?? ''] }));
  const unknown = images.filter(({ standin }) => standin === undefined).map(({ name }) => name);
  if (unknown.length > 0) throw new Error(`no stand-in for ${unknown.join(', ')}: expected ${Object.keys(STANDINS)}`);
  const packages = images.flatMap(({ standin }) => standin?.packages ?? []);
  await importBase(env, folder, await listInstalledFiles([...TOOLS, ...packages]));
  const programs = findServerFolders();
  await Promise.all(
    images.map(({ name, standin }) => {
      const dockerfile = [`FROM ${BASE}`, ...(standin?.lines(programs) ?? [])].join('\n');
      return runProgram('docker', ['build', '--quiet', '--tag', name, '-'], { env, input: dockerfile });
    }),
  );
}

async function importBase(env: NodeJS.ProcessEnv, folder: string, files: readonly string[]): Promise<void> {
  const [list, archive, extra] = ['files', 'root.tar', 'extra'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  layOutExtras(extra, await runProgram('npm', ['config', 'get', 'registry']));
  // An engine refuses an archive that has a path twice.
  const own = files.filter((path) => lstatSync(join(extra, path), { throwIfNoEntry: false }) === undefined);
  writeFileSync(list, own.map((path) => `.${path}\n`).join(''));
  // Folders stand in the list themselves. A file that only root's own services may read is not needed here.
  await runProgram('tar', ['--create', '--file', archive, '--directory', '/', '--no-recursion', '--files-from', list]);
  await runProgram('tar', ['--append', '--file', archive, '--directory', extra, '--dereference', '.']);
  await runProgram('docker', ['import', archive, BASE], { env });
  for (const path of [archive, list, extra]) rmSync(path, { recursive: true });
}

/** Folders, links to what is large, and what is written for the images. */
function layOutExtras(root: string, registry: string): void {
  const accounts = readFileSync('/etc/passwd', 'utf8').replace(/^node:.*\n/m, '');
  for (const path of FOLDERS) mkdirSync(join(root, path), { recursive: true });
  for (const path of ['tmp', 'var/tmp']) chmodSync(join(root, path), 0o1777);
  for (const { path, owner, mode } of HOMES) {
    mkdirSync(join(root, path), { recursive: true });
    chmodSync(join(root, path), mode);
    const uid = typeof owner === 'number' ? owner : findUser(accounts, owner);
    chownSync(join(root, path), uid, uid);
  }
  const put = (path: string, text: string, mode = 0o644) => writeFileSync(join(root, path), text, { mode });
  symlinkSync(process.execPath, join(root, 'usr/local/bin/node'));
  symlinkSync(findNpm(), join(root, 'usr/local/lib/node_modules/npm'));
  put('usr/local/etc/npmrc', `registry=${registry}\n${existsSync(CERTIFICATES) ? `cafile=${CERTIFICATES}\n` : ''}`);
  for (const [name, text] of Object.entries(SCRIPTS)) put(`usr/local/bin/${name}`, text, 0o755);
  put('etc/passwd', `${accounts}node:x:1000:1000::/home/node:/bin/sh\n`);
}

function findUser(accounts: string, name: string): number {
  return Number(new RegExp(`^${name}:[^:]*:(\\d+):`, 'm').exec(accounts)?.[1] ?? 0);
}

/** The folder of the npm that this is run by, or else of the one on PATH. */
function findNpm(): string {
  const script = process.env.npm_execpath ?? findProgram('npm');
  if (script === null) throw new Error('npm is not on PATH');
  return dirname(dirname(realpathSync(script)));
}

function findServerFolders(): { readonly rabbitmq: string; readonly postgres: string } {
  const { rabbitmq, postgresDirectory } = findLocalBinaries();
  if (rabbitmq === null || postgresDirectory === null) throw new Error('expected rabbitmq-server and postgres');
  return { rabbitmq: dirname(rabbitmq.server), postgres: postgresDirectory };
}
