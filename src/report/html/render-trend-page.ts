import { renderPage } from './render-html.ts';
import type { TrendData } from './trend-data.ts';

/**
 * Runs over time as one HTML file that needs nothing else, under the same policy as a report.
 *
 * @throws Error where the page was not built (see `buildPage`)
 */
export function renderTrendPage(data: TrendData): string {
  return renderPage('trend', 'chatbench history', data);
}
