import { Text } from 'ink';

const HELP = [
  'q   stop: send no more, wait for what is on its way, keep what was measured',
  'p   pause arrivals, or go on: what falls due meanwhile is skipped, no time',
  '    moves, and the run is marked and counts as invalid',
  'd   details: queue, gateways, every threshold, what happened',
  '?   this help',
  '',
  'offered    what the schedule wanted to be sent in the last second',
  'delivered  what reached its recipients in the last second',
  'p95        95 of 100 that arrived took at most this long since they were due',
];

/** What the keys do, and what the words mean. */
export function LiveHelp({ lines }: { readonly lines: number }) {
  return (
    <Text wrap="truncate-end">
      {HELP.slice(0, lines)
        .map((line) => (line === '' ? ' ' : line))
        .join('\n')}
    </Text>
  );
}
