import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const PACKAGE = new URL('../../../', import.meta.url);
const PAGE = new URL('src/report/html/page/', PACKAGE);
const BUILT = new URL('dist/report/html/', PACKAGE);

/**
 * Bundles the pages of a report, of a history, of an experiment and of the list of runs (script and style, uPlot included) into
 * dist/, from where they are inlined.
 */
export async function buildPage(): Promise<void> {
  await mkdir(BUILT, { recursive: true });
  await writeFile(new URL('page.js', BUILT), await bundleScript('main.ts'));
  await writeFile(new URL('trend.js', BUILT), await bundleScript('trend-main.ts'));
  await writeFile(new URL('experiment.js', BUILT), await bundleScript('experiment-main.ts'));
  await writeFile(new URL('list.js', BUILT), await bundleScript('list-main.ts'));
  await writeFile(new URL('page.css', BUILT), await joinStyles());
}

async function bundleScript(entry: string): Promise<string> {
  const bundle = await rolldown({ input: fileURLToPath(new URL(entry, PAGE)), platform: 'browser' });
  try {
    const { output } = await bundle.generate({ format: 'iife', minify: true, postBanner: await chartLicense() });
    // An end tag inside the script would end it early, wherever the parser sees it.
    return output[0].code.replaceAll(/<\/(?=script)/gi, '<\\/').trim();
  } finally {
    await bundle.close();
  }
}

/** uPlot's licence wants its notice in every copy. */
async function chartLicense(): Promise<string> {
  const license = await readFile(packageFile('uplot/LICENSE'), 'utf8');
  return `/* Contains uPlot.\n${license.trim()} */`;
}

async function joinStyles(): Promise<string> {
  const sheets = await Promise.all(
    [packageFile('uplot/dist/uPlot.min.css'), new URL('page.css', PAGE)].map((file) => readFile(file, 'utf8')),
  );
  return sheets
    .join('\n')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function packageFile(path: string): string {
  return createRequire(import.meta.url).resolve(path);
}

if (import.meta.main) await buildPage();
