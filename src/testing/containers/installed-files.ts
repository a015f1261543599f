import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** What no server needs to run, and would be most of what is copied. */
const LEFT_OUT = [
  /^\/usr\/share\/(bash-completion|doc|i18n|icons|info|lintian|locale|man|perl)\//,
  /^\/usr\/share\/postgresql\/\d+\/man\//,
  /^\/usr\/include\/|\/perl\/[\d.]+\/(CORE|auto\/Encode)\/|^\/usr\/lib\/python3|\/bitcode\/|\/libLLVM|\/libz3|llvmjit/,
];
/** Kept by the system for all packages together. */
const SHARED = [
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/etc',
  '/etc/alternatives',
  '/etc/group',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/nsswitch.conf',
  '/etc/passwd',
  '/etc/ssl/certs',
  '/etc/ssl/certs/ca-certificates.crt',
];

/**
 * Paths of the files, links and folders that Debian packages have brought to this machine, with those of what they depend on.
 * Rejects where one is not installed.
 */
export async function listInstalledFiles(packages: readonly string[]): Promise<string[]> {
  const installed = await readInstalledPackages();
  const missing = packages.filter((name) => !installed.has(name));
  if (missing.length > 0) throw new Error(`not installed as packages of Debian: ${missing.join(', ')}`);
  const listed = await runProgram('dpkg-query', ['--listfiles', ...followDependencies(packages, installed)]);
  const alternatives = await runProgram('find', ['/etc/alternatives']);
  const paths = [...listed.split('\n'), ...alternatives.split('\n'), ...SHARED]
    .filter((path) => path.startsWith('/') && path !== '/.' && !LEFT_OUT.some((it) => it.test(path)))
    .map(resolveFolder)
    .filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
  return [...new Set(paths)].sort();
}

/** By every name that an installed package can be depended on: what each depends on, as lists of alternatives. */
async function readInstalledPackages(): Promise<Map<string, { readonly name: string; readonly needs: string[][] }>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const format = '${db:Status-Abbrev}\t${Package}\t${Provides}\t${Pre-Depends}, ${Depends}\n';
  const rows = (await runProgram('dpkg-query', ['--show', '--showformat', format])).split('\n');
  const packages = new Map<string, { name: string; needs: string[][] }>();
  for (const [status = '', name = '', provides = '', depends = ''] of rows.map((row) => row.split('\t'))) {
    if (!status.startsWith('ii')) continue;
    const entry = { name, needs: readNames(depends) };
    for (const provided of readNames(provides).flat()) if (!packages.has(provided)) packages.set(provided, entry);
    packages.set(name, entry);
  }
  return packages;
}

/** "a (>= 1) | b, c:any" → [["a", "b"], ["c"]] */
function readNames(relations: string): string[][] {
  const groups = relations.split(',').map((group) => group.split('|').map((it) => it.trim().replace(/[ :(].*$/, '')));
  return groups.map((group) => group.filter((name) => name !== '')).filter((group) => group.length > 0);
}

function followDependencies(
  packages: readonly string[],
  installed: ReadonlyMap<string, { readonly name: string; readonly needs: string[][] }>,
): string[] {
  const found = new Set<string>();
  const queue = [...packages];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const entry = installed.get(next);
    if (entry === undefined || found.has(entry.name)) continue;
    found.add(entry.name);
    // The first alternative that is here is the one in use.
    queue.push(...entry.needs.flatMap((group) => group.find((name) => installed.has(name)) ?? []));
  }
  return [...found];
}

const LINKED_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'].filter((path) =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink(),
);

/** Where a file really is on a system whose /bin is a link to /usr/bin. */
function resolveFolder(path: string): string {
  const linked = LINKED_FOLDERS.find((folder) => path.startsWith(`${folder}/`));
  return linked === undefined ? path : join('/usr', linked, path.slice(linked.length)).replace(/\/$/, '');
}
