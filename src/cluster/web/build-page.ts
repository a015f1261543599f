import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const PACKAGE = new URL('../../../', import.meta.url);
const PAGE = new URL('src/cluster/web/page/', PACKAGE);
const BUILT = new URL('dist/cluster/web/', PACKAGE);

/** Puts the page where people chat together into one file, which loads nothing and runs no other script than its own, by hash. */
async function buildChatPage(): Promise<void> {
  const read = (name: string) => readFile(new URL(name, PAGE), 'utf8');
  const script = await bundleScript();
  const style = (await read('page.css')).replaceAll(/\s+/g, ' ').trim();
  const policy = [
    `default-src 'none'`,
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const html = (await read('page.html'))
    .replace('POLICY', policy)
    .replace(/\/\* STYLE \*\//, () => style)
    .replace(/\/\* SCRIPT \*\//, () => script);
  await mkdir(BUILT, { recursive: true });
  await writeFile(new URL('chat.html', BUILT), html);
}

async function bundleScript(): Promise<string> {
  const bundle = await rolldown({ input: fileURLToPath(new URL('main.ts', PAGE)), platform: 'browser' });
  try {
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    // An end tag inside the script would end it early, wherever the parser sees it.
    return output[0].code.replaceAll(/<\/(?=script)/gi, '<\\/').trim();
  } finally {
    await bundle.close();
  }
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

await buildChatPage();
