import { LIMITS } from './defaults.ts';
import { quantity, sequence } from './file-schemas.ts';
import { countRange, rateRange } from './load.ts';
import * as rules from './rules.ts';

export const searchKeys = {
  rate: quantity(rateRange).optional(),
  clients: quantity(countRange).optional(),
  'room-size': quantity(countRange).optional(),
  precision: quantity(rules.positiveShare).optional(),
};

export const sweepKeys = {
  rate: sequence(rules.positiveRate, LIMITS.maxSteps, 'a list of rates such as [100/s, 1000/s]').optional(),
  clients: sequence(rules.clients, LIMITS.maxSteps, 'a list of counts such as [2, 10, 50]').optional(),
  'room-size': sequence(rules.roomSize, LIMITS.maxSteps, 'a list of sizes such as [2, 50, 1000]').optional(),
};
