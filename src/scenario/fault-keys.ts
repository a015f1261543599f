import { z } from 'zod';
import { FAULT_ACTIONS } from '../choices.ts';
import type { Fault, FaultAction } from './fault.ts';
import { choice, mapping, quantity, text } from './file-schemas.ts';
import * as rules from './rules.ts';

const component = text(/^[a-z][a-z0-9-]{0,39}$/, 'a component such as worker-1, rabbitmq or redis-pubsub');

export const faultKeys = {
  at: quantity(rules.duration),
  kill: component.optional(),
  restart: component.optional(),
  pause: component.optional(),
  disconnect: component.optional(),
  delay: quantity(rules.positiveDuration).optional(),
  stall: choice(['clients']).optional(),
  on: component.optional(),
  share: quantity(rules.positiveShare).optional(),
  for: quantity(rules.positiveDuration).optional(),
};

const EXPECTED = '{ at: 10s, kill: worker-1 } or { at: 25s, delay: 100ms, on: gateway-1, for: 5s }';

/** One entry of `faults`. What lasts needs a length, and what happens to clients a share. */
export const fault = mapping(faultKeys, EXPECTED).transform((keys, context): Fault => {
  const actions = FAULT_ACTIONS.filter((action) => keys[action] !== undefined);
  const action = actions[0];
  if (action === undefined || actions.length > 1) {
    context.addIssue(`expected one of ${FAULT_ACTIONS.join(', ')}, such as ${EXPECTED}`);
    return z.NEVER;
  }
  const on = action === 'delay' ? keys.on : keys[action];
  const problem = checkFault(action, on, keys);
  if (problem !== null || on === undefined) {
    context.addIssue(problem ?? 'expected "on" with a delay, such as on: gateway-1');
    return z.NEVER;
  }
  return {
    atUs: keys.at,
    action,
    on,
    forUs: keys.for ?? null,
    share: on === 'clients' ? (keys.share ?? 1) : null,
    delayUs: keys.delay ?? null,
  };
});

type FaultKeys = { readonly on?: unknown; readonly share?: unknown; readonly for?: unknown };

function checkFault(action: FaultAction, on: string | undefined, keys: FaultKeys): string | null {
  const isOfClients = on === 'clients';
  const lasts = action === 'pause' || action === 'delay' || action === 'stall' || isOfClients;
  if (action !== 'delay' && keys.on !== undefined) return `expected "on" with a delay only, got it with ${action}`;
  if (isOfClients && action !== 'disconnect' && action !== 'stall') {
    return `expected disconnect or stall for clients, got ${action}`;
  }
  if (!isOfClients && keys.share !== undefined) return 'expected a share with clients only';
  if (lasts && keys.for === undefined) return `expected "for" with ${action}, such as for: 5s`;
  if (!lasts && keys.for !== undefined) return `expected no "for" with ${action}: it is over at once`;
  return null;
}
