import type { Stage } from '../../scenario/scenario.ts';

/**
 * The load as a function of time: N(t), the number of arrivals due by t, and its inverse.
 *
 * Within a stage that goes from rate r0 to r1 (1/s) over d seconds, with a = (r1 − r0) / d:
 *
 *     N(t) = r0·t + a·t²/2
 *     t(n) = 2n / (r0 + √(r0² + 2·a·n))
 *
 * The second line is the root of N(t) = n in the form that does not cancel when a → 0; with a = 0 it is n / r0, so a
 * constant rate needs no case of its own. Stages follow one another: what one leaves of a whole arrival counts in the next.
 */
export interface RateIntegral {
  /** N at the end of the last stage. */
  readonly total: number;
  /** Microseconds (not rounded) at which n arrivals are due; calls must come with non-decreasing n < total. */
  timeUsOf(n: number): number;
}

export function integrateRate(stages: readonly Stage[]): RateIntegral {
  const pieces = layOutStages(stages);
  const total = pieces.reduce((sum, piece) => sum + piece.mass, 0);
  let current = 0;
  return {
    total,
    timeUsOf(n) {
      while (current < pieces.length - 1 && n >= pieces[current]!.startMass + pieces[current]!.mass) current++;
      const piece = pieces[current]!;
      return piece.startUs + timeWithinStage(piece, n - piece.startMass) * 1e6;
    },
  };
}

interface Piece {
  readonly startUs: number;
  readonly startMass: number;
  readonly mass: number;
  readonly ratePerSecond: number;
  readonly accelerationPerSecond2: number;
  readonly durationSeconds: number;
}

function layOutStages(stages: readonly Stage[]): readonly Piece[] {
  let startUs = 0;
  let startMass = 0;
  return stages.map((stage) => {
    const durationSeconds = stage.durationUs / 1e6;
    const mass = ((stage.fromPerSecond + stage.toPerSecond) / 2) * durationSeconds;
    const piece: Piece = {
      startUs,
      startMass,
      mass,
      ratePerSecond: stage.fromPerSecond,
      accelerationPerSecond2: durationSeconds === 0 ? 0 : (stage.toPerSecond - stage.fromPerSecond) / durationSeconds,
      durationSeconds,
    };
    startUs += stage.durationUs;
    startMass += mass;
    return piece;
  });
}

function timeWithinStage(piece: Piece, n: number): number {
  if (n <= 0) return 0;
  const r0 = piece.ratePerSecond;
  const root = Math.sqrt(Math.max(0, r0 * r0 + 2 * piece.accelerationPerSecond2 * n));
  return Math.min((2 * n) / (r0 + root), piece.durationSeconds);
}
