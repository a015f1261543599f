import { figureAtEnd, type Metric, timesAtEnd } from './metric.ts';
import { stepTimes } from './read-result.ts';

const WRITTEN = /^step\.([a-z0-9][a-z0-9-]*)(?:\.(.+))?$/;

/**
 * The metric of a step of the scenario's journey, by how a threshold writes it: "step.open-thread.p95", "step.journey.failed". Null where it is
 * written otherwise.
 */
export function stepMetric(text: string): Metric | null {
  const [, name, written] = WRITTEN.exec(text) ?? [];
  if (name === undefined) return null;
  if (written === 'failed') {
    return figureAtEnd(text, 'count', `times that the step ${name} of a journey ended with an error`, ({ samples }) => {
      return samples.journey?.steps.find((step) => step.name === name)?.failed ?? null;
    });
  }
  return {
    ...timesAtEnd(`step.${name}`, `the step ${name} of a journey; failed ones count as endless`, ({ samples }) =>
      stepTimes(samples, name),
    ),
    isOfConnections: true,
  };
}
