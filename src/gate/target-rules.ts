import { formatCount, formatDuration, formatRatio } from '../quantities.ts';
import { shortestPlateauUs } from '../record/queue-depths.ts';
import { countUndeclaredLimited } from '../record/undeclared-refusals.ts';
import { type Rules, VALIDITY_LIMITS, warn } from './finding.ts';
import type { WarningCode } from './verdict.ts';

type TargetCode = Extract<
  WarningCode,
  | 'misrouted'
  | 'duplicated'
  | 'reordered'
  | 'rejected'
  | 'limited'
  | 'rooms-left'
  | 'target-defect'
  | 'tls-unverified'
  | 'observed-gaps'
  | `queue-${string}`
>;

/** What of the target, and of the readings at its queue, has to be known to read the figures. */
export const TARGET_RULES: Rules<TargetCode> = {
  misrouted: ({ samples: { ledger } }) => {
    if (ledger.misrouted === 0) return null;
    return warn(
      `${formatCount(ledger.misrouted)} ${ledger.misrouted === 1 ? 'delivery' : 'deliveries'} reached clients that are no recipients`,
      'see the examples in result.json; a test of the target with `misrouted == 0` keeps it from coming back',
    );
  },

  duplicated: ({ samples: { ledger } }) => {
    if (ledger.duplicated === 0) return null;
    return warn(
      `${formatCount(ledger.duplicated)} ${ledger.duplicated === 1 ? 'delivery' : 'deliveries'} of ${formatCount(ledger.expected)} came again to recipients that already had them`,
      'see the examples in result.json; recipients have to tell by the message itself, or `duplicated == 0` keeps it from coming back',
    );
  },

  reordered: ({ samples: { ledger } }) => {
    if (ledger.reordered === 0) return null;
    return warn(
      `${formatCount(ledger.reordered)} ${ledger.reordered === 1 ? 'delivery' : 'deliveries'} of ${formatCount(ledger.expected)} came after a later message of the same sender`,
      'see the examples in result.json; `reordered == 0` keeps it from coming back',
    );
  },

  rejected: ({ samples: { ledger } }) => {
    const failed = ledger.rejected - ledger.limited;
    if (failed === 0) return null;
    return warn(
      `the server answered ${formatCount(failed)} of ${formatCount(ledger.sent)} messages with an error`,
      "see the target's log",
    );
  },

  limited: ({ samples: { ledger }, scenario: { target } }) => {
    const refused = countUndeclaredLimited(ledger, target);
    if (refused === 0) return null;
    const ofAll = formatRatio(refused / Math.max(1, ledger.sent));
    return warn(
      `the server refused ${formatCount(refused)} of ${formatCount(ledger.sent)} messages (${ofAll}) by a rate limit: this load was not taken`,
      target.kind === 'external'
        ? 'lower the rate until nothing is refused, or lift the limit; a threshold `rejected == 0` makes it fail'
        : 'declare the limit with --rate-limit, or lower the rate; a threshold `rejected == 0` makes it fail',
    );
  },

  'rooms-left': ({ gatewayRoomsLeft }) => {
    if (gatewayRoomsLeft === null || gatewayRoomsLeft === 0) return null;
    return warn(
      `the gateways still held ${formatCount(gatewayRoomsLeft)} ${gatewayRoomsLeft === 1 ? 'room' : 'rooms'} when every client had gone`,
      'look for what is kept of a room and not freed with its last member; `rooms.left == 0` keeps it from coming back',
    );
  },

  'target-defect': ({ scenario: { target } }) => {
    if (target.defect === null) return null;
    return warn(
      `the cluster was made to fail: --defect ${target.defect}`,
      'docs/defects.md says what it does wrong; leave the flag out to measure the cluster itself',
    );
  },

  'tls-unverified': ({ target }) => {
    if (target.unverified !== true) return null;
    return warn(
      'nobody checked that it was the target that answered: its certificate was not verified (--insecure)',
      'trust its certificate with --ca FILE',
    );
  },

  'queue-unobserved': ({ queue, target }) => {
    // A server at an address has no queue that is known of, a topology without workers has none at all.
    if (target.kind === 'external' || target.workers === 0 || (queue !== null && queue.atUs.length > 0)) return null;
    return warn('the depth of the queue was not sampled', "see the target's log: its broker did not answer");
  },

  'queue-gaps': ({ queue, scenario }) => {
    if (queue === null) return null;
    // Of a queue of the target's own, somebody has to tell what is at workers, or nobody knows.
    const isOwn = scenario.observe?.some(({ name }) => name === 'queue') === true;
    const taken = queue.thinnedFrom ?? queue.atUs.length;
    const lacking = isOwn ? 0 : queue.inFlight.filter((inFlight) => inFlight === null).length;
    const partial = Math.round((lacking * taken) / Math.max(1, queue.atUs.length));
    const readings = taken + queue.gaps;
    if (queue.gaps + partial <= readings * VALIDITY_LIMITS.queueGapRatio) return null;
    return warn(
      `of ${formatCount(readings)} readings of the queue ${formatCount(queue.gaps)} failed and ${formatCount(partial)} lack what is at workers`,
      scenario.faults.length > 0
        ? 'the largest depth may have been missed while parts of the target were down'
        : 'the largest depth may have been missed; see whether the broker or the machine is overloaded',
    );
  },

  'queue-plateau': ({ queue }) => {
    // The deepest of several say nothing of how often the depth changes.
    const lengthUs = queue === null || queue.thinnedFrom !== undefined ? null : shortestPlateauUs(queue);
    // A source that is asked once a second changes no more often, and everybody knows.
    const limitUs = Math.max(VALIDITY_LIMITS.plateauUs, 3_000 * (queue?.intervalMs ?? 0));
    if (lengthUs === null || lengthUs < limitUs) return null;
    return warn(
      `the depth of the queue changed no more often than every ${formatDuration(lengthUs)}: its source refreshes that slowly`,
      'a peak between two refreshes is not seen; sample over AMQP instead',
    );
  },

  'observed-gaps': ({ observed = [] }) => {
    const told = observed
      .filter(({ gaps, atUs, values }) => {
        const failed = values.filter((value) => value === null).length;
        return gaps > (atUs.length - failed + gaps) * VALIDITY_LIMITS.observedGapRatio;
      })
      .map(({ name, gaps, atUs, values, trouble }) => {
        const readings = atUs.length - values.filter((value) => value === null).length + gaps;
        const why = trouble === null ? 'its source is too slow' : trouble;
        return `${name} ${formatCount(gaps)} of ${formatCount(readings)} (${why})`;
      });
    if (told.length === 0) return null;
    return warn(
      `readings of what is observed are missing: ${told.join('; ')}`,
      'what happened meanwhile is not in its figures; see whether its server went away, or read it more seldom with `every:`',
    );
  },
};
