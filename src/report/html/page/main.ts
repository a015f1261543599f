import { banner } from './banner.ts';
import { element } from './element.ts';
import { latencySection } from './latency-section.ts';
import { percentileSection } from './percentile-section.ts';
import { readData } from './read-data.ts';
import {
  connectionsSection,
  environmentSection,
  generatorSection,
  ledgerSection,
  reproduceSection,
  targetSection,
  thresholdSection,
  warningSection,
} from './sections.ts';
import { timeSection } from './time-section.ts';

async function showReport(): Promise<void> {
  const data = await readData();
  document.title = `${data.verdict.word}: ${data.heading.scenario} – chatbench`;
  const sections = [
    thresholdSection(data),
    warningSection(data),
    latencySection(data),
    ledgerSection(data),
    percentileSection(data),
    timeSection(data),
    connectionsSection(data),
    targetSection(data),
    generatorSection(data),
    environmentSection(data),
    reproduceSection(data),
  ];
  document.body.append(
    banner(data),
    element('main', {}, ...sections.filter((section) => section !== null)),
    element('footer', {}, `Run ${data.heading.runId}, written by chatbench. This file is complete in itself.`),
  );
  document.documentElement.dataset.ready = 'true';
}

void showReport();
