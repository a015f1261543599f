import { closeSync, createWriteStream, openSync, readSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { count, type DataOf } from '../data-schema.ts';
import { ChatbenchError } from '../errors.ts';
import type { DuePart } from '../record/due-part.ts';
import { sumSparse } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { zeroCounts } from '../record/ledger-counts.ts';
import type { LedgerCounts, LedgersSoFar } from '../record/samples.ts';
import { readSparse, writeSparse } from '../record/sparse-text.ts';
import { hideRemembered } from '../redact.ts';
import { runResult } from './run-result.ts';

/** In the directory of a run: every second of it, as it came; its result has every so many of them. */
export const SECONDS_FILE = 'seconds.ndjson';

const SCHEMA = 'chatbench.seconds/1';

const secondsHead = z.strictObject({
  schema: z.literal(SCHEMA),
  /** Which process measured: while it is alive, the run is under way. */
  measuredBy: z.strictObject({ pid: count, startedAt: z.string() }).nullable(),
  /** The result as far as it was known when the run began. */
  draft: runResult,
});
/** The first line of the file. */
export type SecondsHead = DataOf<typeof secondsHead>;

/** A second of the whole run, and how the run stood at its end. */
export interface KeptSecond {
  readonly interval: RawInterval;
  /** Null where unknown. */
  readonly queueDepth: number | null;
  readonly ledgers: LedgersSoFar;
}

export interface SecondsWriter {
  add(second: KeptSecond): void;
  /** Ends it; yields why seconds are missing, null where none is. Idempotent. */
  close(): Promise<Error | null>;
}

/**
 * Writes the seconds of a run into its directory, a line each; the first line is the result as far as it is known when the run
 * begins. A disk that is full ends the writing, and not the run.
 */
export function openSecondsFile(directory: string, head: Omit<SecondsHead, 'schema'>): SecondsWriter {
  const stream = createWriteStream(join(directory, SECONDS_FILE));
  let failure: Error | null = null;
  stream.on('error', (error) => {
    failure ??= error;
  });
  stream.write(`${hideRemembered(JSON.stringify({ schema: SCHEMA, ...head }))}\n`);
  let closing: Promise<void> | null = null;
  return {
    add(second) {
      if (failure === null) stream.write(`${JSON.stringify(writeSecond(second))}\n`);
    },
    async close() {
      closing ??= endStream(stream);
      await closing;
      return failure;
    },
  };
}

function endStream(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    if (stream.closed) resolve();
    else stream.end();
  });
}

/** What is 0 is left out of the ledgers: most of them is. What arrived in a second is what arrived of all that was due before. */
function writeSecond({ interval: { delivery, due, loopDelay, ...counts }, queueDepth, ledgers }: KeptSecond) {
  return {
    ...counts,
    loopDelay: writeSparse(loopDelay),
    due: due.map((part) => [part.second, part.awaited, writeSparse(part.delivery)] as const),
    queueDepth,
    ledger: withoutZeros(ledgers.measure),
    warmupLedger: withoutZeros(ledgers.warmup),
  };
}

function withoutZeros(ledger: LedgerCounts): Partial<LedgerCounts> {
  return Object.fromEntries(Object.entries(ledger).filter(([, value]) => value !== 0));
}

/** @throws ChatbenchError `result-unreadable` */
export function readSecondsHead(directory: string): SecondsHead {
  const path = join(directory, SECONDS_FILE);
  const [first] = readLines(path);
  const parsed = secondsHead.safeParse(first === undefined ? null : parseLine(first));
  if (parsed.success) return parsed.data;
  throw new ChatbenchError('result-unreadable', `${path}: not a ${SCHEMA} file`, {
    hint: 'it was written by another version, or changed since',
  });
}

/**
 * The seconds of a run, one after the other: memory does not grow with their number. A last line that was cut short is left out.
 *
 * @throws ChatbenchError `result-unreadable` where there is no such file
 */
export function* readSeconds(directory: string): Generator<KeptSecond> {
  let isFirst = true;
  for (const line of readLines(join(directory, SECONDS_FILE))) {
    const second = isFirst ? null : readSecond(parseLine(line));
    isFirst = false;
    if (second !== null) yield second;
  }
}

function readSecond(parsed: unknown): KeptSecond | null {
  if (typeof parsed !== 'object' || parsed === null || !('due' in parsed)) return null;
  const { queueDepth, ledger, warmupLedger, due: written, loopDelay, ...counts } = parsed as Written;
  const due = written.flatMap(readPart);
  const delay = readSparse(loopDelay);
  if (due.length < written.length || delay === null) return null;
  const delivery = sumSparse(due.map((part) => part.delivery));
  return {
    interval: { ...counts, delivery, due, loopDelay: delay },
    queueDepth,
    ledgers: { measure: { ...zeroCounts(), ...ledger }, warmup: { ...zeroCounts(), ...warmupLedger } },
  };
}

type Written = ReturnType<typeof writeSecond>;

/** None where its text is no histogram. */
function readPart([second, awaited, text]: readonly [number, number, string]): readonly DuePart[] {
  const delivery = readSparse(text);
  return delivery === null ? [] : [{ second, awaited, delivery }];
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const CHUNK_BYTES = 256 * 1024;

function* readLines(path: string): Generator<string> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ChatbenchError('result-unreadable', `${path}: cannot be read (${code})`, { cause });
  }
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const decoder = new TextDecoder();
    let rest = '';
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      const lines = (rest + decoder.decode(chunk.subarray(0, read), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}
