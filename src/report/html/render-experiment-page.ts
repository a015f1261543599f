import type { ExperimentResult } from '../../result/experiment-result.ts';
import { buildExperimentData } from './build-experiment-data.ts';
import { renderPage } from './render-html.ts';

/**
 * An experiment as one HTML file that needs nothing else, under the same policy as a report.
 *
 * @throws Error where the page was not built (see `buildPage`)
 */
export function renderExperimentPage(experiment: ExperimentResult): string {
  return renderPage('experiment', 'chatbench experiment', buildExperimentData(experiment));
}
