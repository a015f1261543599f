import { expect, it } from 'vitest';
import { labelStep } from './label-step.ts';

it.each([
  ['rate', 1200, '1,200/s'],
  ['clients', 1, '1 client'],
  ['clients', 2000, '2,000 clients'],
  ['room-size', 20, 'rooms of 20'],
] as const)('a step of %s %d is called %s', (varied, value, label) => expect(labelStep(varied, value)).toBe(label));
