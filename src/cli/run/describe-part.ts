import type { RunPart } from '../../result/progress-file.ts';

/** "step 2 of 7: 1,200/s", "trial 2 of 5". */
export function describePart({ kind, number, of, label }: RunPart): string {
  const place = `${kind} ${number}${of === null ? '' : ` of ${of}`}`;
  return label === '' ? place : `${place}: ${label}`;
}
