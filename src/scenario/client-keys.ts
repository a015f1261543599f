import { z } from 'zod';
import { parseCount, restrict } from '../units.ts';
import { LIMITS } from './defaults.ts';
import { list, mapping, quantity, readBy } from './file-schemas.ts';
import * as rules from './rules.ts';

/** 0 included. */
const fromClients = restrict(parseCount, (value) => value <= LIMITS.maxClients, 'a number of clients such as 100');

export const clientKeys = {
  from: quantity(fromClients).optional(),
  to: quantity(rules.clients),
  over: quantity(rules.positiveDuration),
};

/** From the number before (0 at first), or where the first step says, to a number that is no less. */
const steps = list(
  mapping(clientKeys, '{ to: 1000, over: 60s }'),
  1,
  LIMITS.maxStages,
  'a list of steps such as { to: 1000, over: 60s }',
).superRefine((all, context) => {
  for (const [index, { from, to }] of all.entries()) {
    const before = index === 0 ? (from ?? 0) : all[index - 1]!.to;
    if (index > 0 && from !== undefined)
      context.addIssue({ code: 'custom', path: [index, 'from'], message: 'expected it in the first step alone' });
    if (to < before)
      context.addIssue({
        code: 'custom',
        path: [index, 'to'],
        message: `expected ${before} clients or more, as many as there are by then: nobody leaves for good`,
      });
  }
});
export type ClientSteps = z.output<typeof steps>;

/** How many clients there are, or how they come. */
export const clientsOrSteps = z.unknown().transform((value, context): number | ClientSteps => {
  const isSteps = Array.isArray(value) && value.some((step) => typeof step === 'object');
  return readBy<number | ClientSteps>(isSteps ? steps : quantity(rules.clients), value, context);
});

/** As many as there ever are. */
export function mostClients(clients: number | ClientSteps | undefined): number | undefined {
  return typeof clients === 'object' ? clients.at(-1)?.to : clients;
}

/** How long they take to come, µs; undefined where all are there from the beginning. */
export function lengthOfArriving(clients: number | ClientSteps | undefined): number | undefined {
  return typeof clients === 'object' ? clients.reduce((sum, { over }) => sum + over, 0) : undefined;
}
