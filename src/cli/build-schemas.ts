import { mkdir, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { comparisonSchema } from '../report/json/comparison-schema.ts';
import { historySchema } from '../report/json/history-schema.ts';
import { summarySchema } from '../report/json/summary-schema.ts';
import { experimentResult } from '../result/experiment-result.ts';
import { repeatIndex } from '../result/repeat-index.ts';
import { runResult } from '../result/run-result.ts';

/** The same distance from src/cli and from dist/cli. */
export const SCHEMA_DIRECTORY = new URL('../../docs/schema/', import.meta.url);

const SCHEMAS = {
  'result.schema.json': { schema: runResult, title: 'chatbench.result/1: result.json of a run' },
  'summary.schema.json': { schema: summarySchema, title: 'chatbench.summary/1: what `chatbench run --json` prints' },
  'repeat.schema.json': { schema: repeatIndex, title: 'chatbench.repeat/1: repeat.json, and `run --repeat K --json`' },
  'comparison.schema.json': {
    schema: comparisonSchema,
    title: 'chatbench.comparison/1: what `chatbench compare --json` and `ab --json` print',
  },
  'experiment.schema.json': {
    schema: experimentResult,
    title: 'chatbench.experiment/1: experiment.json, and what `run --json` of an experiment and `matrix --json` print',
  },
  'history.schema.json': {
    schema: historySchema,
    title: 'chatbench.history/1: what `chatbench history --json` prints',
  },
} as const;

/** JSON Schemas (2020-12) of all that chatbench writes for other programs, as text by file name. */
export function buildSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(SCHEMAS).map(([file, { schema, title }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema);
      return [file, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`];
    }),
  );
}

if (import.meta.main) {
  await mkdir(SCHEMA_DIRECTORY, { recursive: true });
  for (const [file, text] of buildSchemas()) await writeFile(new URL(file, SCHEMA_DIRECTORY), text);
}
