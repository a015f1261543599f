import { formatBytes, formatPlural, formatShare } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { describeReach } from '../describe-reach.ts';
import { targetLoads } from '../process-load.ts';
import { generatorLoad } from '../run-statistics.ts';
import { wrapText } from './display-width.ts';
import { fact, NAME_COLUMNS, wrapFacts } from './fact-lines.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

const LOADS_SHOWN = 6;

/** What was measured, with versions; how busy its parts were, and the generator. */
export function targetLines(result: RunResult, palette: Palette, columns: number): readonly string[] {
  const { target } = result;
  const { url, balance } = result.scenario.target;
  const parts = [
    target.topology === null ? '' : `topology ${plainText(target.topology)}`,
    target.gateways === null ? '' : formatPlural(target.gateways, 'gateway'),
    target.workers === null || target.workers === 0 ? '' : formatPlural(target.workers, 'worker'),
    target.queueType === 'quorum' ? 'quorum queues' : '',
    balance === 'none' ? '' : `nginx ${balance}`,
  ].filter((part) => part !== '');
  const components = target.components.map(({ name, version }) => plainText(`${name} ${version}`));
  return [
    ...fact(
      'Target',
      [
        ...wrapFacts(
          [`${target.kind}${target.kind === 'embedded' ? ' (in-process, no real broker)' : ''}`, ...parts],
          columns,
        ),
        ...wrapFacts(components, columns),
        ...(url === null ? [] : wrapText(plainText(url), columns - NAME_COLUMNS)),
        ...describeReach(target).flatMap((line) => wrapText(plainText(line), columns - NAME_COLUMNS)),
        ...(target.unverified ? [palette.bad('certificate not verified (--insecure)')] : []),
      ],
      palette,
    ),
    ...fact('CPU', wrapFacts(loadFacts(result, palette), columns), palette),
    ...fact('Generator', [generatorFact(result)], palette),
  ];
}

/** The busiest part of the target first: where to look when it is slow. */
function loadFacts(result: RunResult, palette: Palette): readonly string[] {
  return targetLoads(result)
    .slice(0, LOADS_SHOWN)
    .map(({ name, cpuRatio }, index) => {
      const text = `${plainText(name)} ${formatShare(cpuRatio)}`;
      return index === 0 ? palette.strong(text) : text;
    });
}

function generatorFact(result: RunResult): string {
  const load = generatorLoad(result);
  if (load === null) return 'no shard reported';
  const { reported, planned } = result.shards;
  return `${reported} of ${formatPlural(planned, 'shard')}, ${formatShare(load.cpuRatio)} of a core, ${formatBytes(load.memoryBytes)}`;
}
