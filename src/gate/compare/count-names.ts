/** What must not grow. `rejected` is without what a rate limit that the run itself had set refused. */
export const COUNT_NAMES = [
  'lost',
  'duplicated',
  'reordered',
  'misrouted',
  'rejected',
  'connections failed',
  'connections dropped',
] as const;
export type CountName = (typeof COUNT_NAMES)[number];
