import { articleSection } from './article-section.ts';
import { banner } from './banner.ts';
import { fanoutSection } from './fanout-section.ts';
import { groupSection } from './group-section.ts';
import { hopSection } from './hop-section.ts';
import { latencySection } from './latency-section.ts';
import { layOut } from './lay-out.ts';
import { overlaySection } from './overlay-section.ts';
import { percentileSection } from './percentile-section.ts';
import { processSection } from './process-section.ts';
import { readData } from './read-data.ts';
import { regionSection } from './region-section.ts';
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
import { trafficSection } from './traffic-section.ts';

async function showReport(): Promise<void> {
  const data = await readData();
  document.title = `${data.verdict.word}: ${data.heading.scenario} – chatbench`;
  layOut(
    banner(data),
    [
      overlaySection(data),
      thresholdSection(data),
      warningSection(data),
      percentileSection(data),
      latencySection(data),
      hopSection(data),
      ledgerSection(data),
      articleSection(data),
      groupSection(data),
      trafficSection(data),
      fanoutSection(data),
      regionSection(data),
      timeSection(data),
      processSection(data),
      connectionsSection(data),
      targetSection(data),
      generatorSection(data),
      environmentSection(data),
      reproduceSection(data),
    ],
    `Run ${data.heading.runId}, written by chatbench. This file is complete in itself.`,
  );
}

void showReport();
