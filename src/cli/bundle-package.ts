import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * Puts the built modules together for the package: what is imported, what runs as a process or thread of its own, and a folder of what
 * these share. Replaces what is in dist/.
 */
const DIST = fileURLToPath(new URL('../', import.meta.url));

const IMPORTED = ['index.js', 'contract.js', 'cli/main.js'];
const PROGRAMS = [
  ...['cluster/gateway/gateway-process.js', 'cluster/worker/worker-process.js', 'faults/proxy-process.js'],
  ...['fleet/shard-process.js', 'launch/embedded-process.js', 'launch/supervisor-process.js'],
  'generator/load/metronome-thread.js',
];
/** Scripts of pages, which are bundles already. */
const PAGES = ['report/html/page.js', 'report/html/trend.js', 'report/html/experiment.js'];

/** Modules find files beside them by their own address, wherever they are put. */
const ownAddress = {
  name: 'own-address',
  transform: (code: string, id: string) =>
    code.replaceAll('import.meta.url', `ADDRESS_OF(${JSON.stringify(relative(DIST, id))})`),
};

function withAddresses(code: string, fileName: string): string {
  return code.replaceAll(/ADDRESS_OF\([`"']([^`"']+)[`"']\)/g, (_, path: string) => {
    const from = posix.relative(posix.dirname(`/${fileName}`), `/${path}`);
    return `new URL(${JSON.stringify(from.startsWith('.') ? from : `./${from}`)},import.meta.url).href`;
  });
}

const bundle = await rolldown({
  input: Object.fromEntries([...IMPORTED, ...PROGRAMS].map((path) => [path.replace(/\.js$/, ''), join(DIST, path)])),
  platform: 'node',
  // Dependencies are installed beside the package.
  external: /^[^./]/,
  plugins: [ownAddress],
});
const { output } = await bundle.generate({
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'shared/[name]-[hash].js',
  // Names of functions and classes stay: a stack trace has to say where it was. Those of what is in them are of no use there.
  minify: {
    mangle: { toplevel: false, keepNames: true },
    compress: { keepNames: { function: true, class: true } },
    codegen: { removeWhitespace: true },
  },
});
await bundle.close();
for (const path of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
  if (path.endsWith('.js') && !PAGES.includes(path)) rmSync(join(DIST, path));
}
for (const file of output) {
  if (file.type !== 'chunk') throw new Error(`${file.fileName}: expected modules only`);
  const path = join(DIST, file.fileName);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, withAddresses(file.code, file.fileName));
}
