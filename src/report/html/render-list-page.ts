import { readFileSync } from 'node:fs';
import { BUILT, sourceHash } from './render-html.ts';

/**
 * The page that lists runs, drawn from what its server tells, with the policy that lets nothing but itself run in it.
 *
 * @throws Error where the page was not built (see `buildPage`)
 */
export function renderListPage(): { readonly html: string; readonly policy: string } {
  const script = readFileSync(new URL('list.js', BUILT), 'utf8');
  const style = readFileSync(new URL('page.css', BUILT), 'utf8');
  const policy = [
    `default-src 'none'`,
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>chatbench runs</title>
<style>${style}</style>
</head>
<body>
<script>${script}</script>
</body>
</html>
`;
  return { html, policy };
}
