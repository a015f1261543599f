import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../result/run-result.ts';
import { buildOverlay, type OverlaidRun } from './build-overlay.ts';
import { buildReportData } from './build-report-data.ts';

/** The same distance from src/report/html and from dist/report/html. */
const BUILT = new URL('../../../dist/report/html/', import.meta.url);

/**
 * The report of a run as one HTML file that needs nothing else: no network, no other file. Its policy forbids every load and
 * every script but its own, by hash; the data is a gzip in base64, whose alphabet holds no markup, and becomes text only.
 *
 * @param others  runs to lay beside it: their percentile curves over its own, their figures in a table
 * @throws Error where the page was not built (see `buildPage`)
 */
export function renderHtml(result: RunResult, verdict: Verdict, others: readonly OverlaidRun[] = []): string {
  const overlay = buildOverlay({ result, verdict }, others);
  return renderPage('page', 'chatbench report', { ...buildReportData(result, verdict), overlay });
}

/** A page under that policy, with its built script and its data; the title stands until the script has read the data. */
export function renderPage(name: 'page' | 'trend' | 'experiment', title: string, content: unknown): string {
  const built = readBuilt(name);
  return renderDocument(
    built,
    title,
    `<meta http-equiv="Content-Security-Policy" content="${allowOwn(built).join('; ')}">
<meta name="referrer" content="no-referrer">
`,
    `<noscript><p>This report draws itself: allow scripts for this file. It loads nothing from elsewhere.</p></noscript>
<script type="application/json" id="report-data">"${encodeData(content)}"</script>
`,
  );
}

export interface BuiltPage {
  readonly script: string;
  readonly style: string;
}

export function readBuilt(name: 'page' | 'trend' | 'experiment' | 'list'): BuiltPage {
  return {
    script: readFileSync(new URL(`${name}.js`, BUILT), 'utf8'),
    style: readFileSync(new URL('page.css', BUILT), 'utf8'),
  };
}

/** A policy that lets nothing but the page's own script and style in. */
export function allowOwn({ script, style }: BuiltPage): readonly string[] {
  return [
    `default-src 'none'`,
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ];
}

/**
 * A document around a built page.
 *
 * @param head  lines of its head besides those that every one has
 * @param body  lines before its script
 */
export function renderDocument({ script, style }: BuiltPage, title: string, head = '', body = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${head}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}<script>${script}</script>
</body>
</html>
`;
}

function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** JSON knows no infinity; the page reads the word back in fields that end in `Us`. */
function encodeData(data: unknown): string {
  const json = JSON.stringify(data, (_key, value) => (value === Number.POSITIVE_INFINITY ? 'Infinity' : value));
  return gzipSync(json).toString('base64');
}
