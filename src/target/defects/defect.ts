/** What the reference cluster can do wrong on request, each as real chat code does it; docs/defects.md describes them. */
export const DEFECTS = [
  'own-copy',
  'late-subscribe',
  'swallowed-errors',
  'early-ack',
  'tail-retry',
  'no-room-check',
  'fixed-window-edge',
  'slow-hop',
  'leaky-rooms',
] as const;
export type Defect = (typeof DEFECTS)[number];
