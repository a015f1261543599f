/**
 * What a program may import: results and their judgement as data, and the port that a protocol's module implements. The command
 * itself is `chatbench`.
 */

export { judge } from './gate/judge.ts';
export type { ThresholdOutcome, Verdict, Warning, WarningCode } from './gate/verdict.ts';
export type {
  Journey,
  JourneyAnswer,
  JourneyClient,
  JourneyRequest,
  JourneyRule,
  JourneyTests,
} from './generator/journey/journey.ts';
export type {
  ChatProtocol,
  ClientIdentity,
  FrameKind,
  Heartbeat,
  HttpRequest,
  MessageHistory,
  Opening,
  OpeningStep,
  ReceiptTemplate,
  RoomSignals,
  SendTemplate,
} from './protocol/chat-protocol.ts';
export { buildSummary } from './report/json/build-summary.ts';
export type { Summary } from './report/json/summary-schema.ts';
export { summarySchema } from './report/json/summary-schema.ts';
export { readResult } from './result/result-file.ts';
export { type RunResult, runResult } from './result/run-result.ts';
