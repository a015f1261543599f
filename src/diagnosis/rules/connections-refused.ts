import { formatCount, formatRatio } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';

const LEAST_RATIO = 0.01;

/** The target let more than one in a hundred clients not in: a limit of connections, of open files, or a listener that is full. */
export function connectionsRefused({ samples: { connections } }: RunResult): Finding {
  const { attempted, failed, failures } = connections;
  if (attempted === 0 || failed / attempted < LEAST_RATIO) return null;
  const [reason] = Object.entries(failures).sort(([, one], [, other]) => other - one);
  const why = reason === undefined ? '' : `, mostly with "${reason[0]}"`;
  return {
    text: `Of ${formatCount(attempted)} connections ${formatCount(failed)} could not be opened (${formatRatio(failed / attempted)})${why}: look at the limits of connections and open files before anything else.`,
    evidence: { attempted, failed },
  };
}
