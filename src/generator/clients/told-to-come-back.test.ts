import { expect, test } from 'vitest';
import { toldUs } from './reconnect-clients.ts';

test.each([
  ['closed with 1012: come back in 1200 ms', 1_200_000],
  ['closed with 1012: come back in 0 ms', 0],
  ['closed with 1012: service restart', 0],
  ['closed with 1001: going away', 0],
  ['closed with 1012: come back in 99999999 ms', 0],
])('%s', (reason, us) => expect(toldUs(reason)).toBe(us));
