import { expect, it } from 'vitest';
import type { OwnExitCode } from '../../errors.ts';
import { worstExitCode } from './worst-exit-code.ts';

const own = (exitCode: number) => exitCode as OwnExitCode;

it.each([
  [[0, 4, 0], 4],
  [[0, own(42), 4], 42],
  [[4, own(42), own(7)], 42],
  [[own(42), 5], 5],
  [[], 5],
] as const)('of %j the worst is %i', (exitCodes, worst) => expect(worstExitCode(exitCodes)).toBe(worst));
