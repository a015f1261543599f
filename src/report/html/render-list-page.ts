import { allowOwn, readBuilt, renderDocument } from './render-html.ts';

/**
 * The page that lists runs, drawn from what its server tells, with the policy that lets nothing but itself run in it.
 *
 * @throws Error where the page was not built (see `buildPage`)
 */
export function renderListPage(): { readonly html: string; readonly policy: string } {
  const built = readBuilt('list');
  const policy = [...allowOwn(built), `connect-src 'self'`, `frame-ancestors 'none'`].join('; ');
  return { html: renderDocument(built, 'chatbench runs'), policy };
}
