import { fillIn, variableOf } from '../../placeholders.ts';
import type { ObservationRequest } from '../../sampler/observe/access.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** What a scenario asks to be observed, with the variables that its addresses ask for filled in. */
export function resolveObservations(
  { observe = [] }: Pick<Scenario, 'observe'>,
  environment: Readonly<Record<string, string | undefined>>,
): readonly ObservationRequest[] {
  const fill = (address: string) => fillIn(address, (name) => environment[variableOf(name) ?? ''] ?? `{${name}}`);
  const fillAny = (address: string | null) => (address === null ? null : fill(address));
  return observe.map((request): ObservationRequest => {
    const { source } = request;
    if (source.kind === 'process') return { ...request, source };
    if (source.kind !== 'amqp') return { ...request, source: { ...source, url: fill(source.url) } };
    const { management, prometheus } = source;
    return {
      ...request,
      source: { ...source, url: fill(source.url), management: fillAny(management), prometheus: fillAny(prometheus) },
    };
  });
}
