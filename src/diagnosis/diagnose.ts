import type { RunResult } from '../result/run-result.ts';
import { DIAGNOSIS_CODES, type Diagnosis, type DiagnosisCode, type Finding } from './diagnosis.ts';
import { backlogElsewhere } from './rules/backlog-elsewhere.ts';
import { behindAck } from './rules/behind-ack.ts';
import { connectionsRefused } from './rules/connections-refused.ts';
import { drifting } from './rules/drifting.ts';
import { generator } from './rules/generator.ts';
import { longestHop } from './rules/longest-hop.ts';
import { memoryGrowing } from './rules/memory-growing.ts';
import { periodicStall } from './rules/periodic-stall.ts';
import { processFull } from './rules/process-full.ts';
import { saturated } from './rules/saturated.ts';
import { slowGateway } from './rules/slow-gateway.ts';
import { twoSpeeds } from './rules/two-speeds.ts';

export const DIAGNOSIS_RULES: Readonly<Record<DiagnosisCode, (result: RunResult) => Finding>> = {
  saturated,
  'process-full': processFull,
  'backlog-elsewhere': backlogElsewhere,
  'memory-growing': memoryGrowing,
  drifting,
  'connections-refused': connectionsRefused,
  'slow-gateway': slowGateway,
  'behind-ack': behindAck,
  'periodic-stall': periodicStall,
  'two-speeds': twoSpeeds,
  generator,
  'longest-hop': longestHop,
};

const MOST = 3;

/**
 * Why a run is slow, as far as its data says so: at most three findings, the most telling first. Pure; of an invalid run nobody should
 * ask. Of one that fails anybody may, also where something would have made it invalid: it fails by what the target did.
 */
export function diagnose(result: RunResult): readonly Diagnosis[] {
  return DIAGNOSIS_CODES.flatMap((code) => {
    const finding = DIAGNOSIS_RULES[code](result);
    return finding === null ? [] : [{ code, ...finding }];
  }).slice(0, MOST);
}
