import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { mostOf } from '../../extremes.ts';

const words = z.array(z.string());
const variables = z.record(z.string(), z.string());

/** Nothing but what the stand-in does, so that a key which it would leave undone is refused, and one that is misspelt too. */
const serviceModel = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile_inline: z.string() }).optional(),
  command: words.default([]),
  user: z.string().optional(),
  environment: variables.default({}),
  volumes: words.default([]),
  tmpfs: words.default([]),
  ports: words.default([]),
  init: z.boolean().default(false),
  read_only: z.boolean().default(false),
  cap_drop: words.default([]),
  security_opt: words.default([]),
  restart: z.literal('no').optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  ulimits: z.record(z.string(), z.strictObject({ soft: z.number(), hard: z.number() })).default({}),
  healthcheck: z.strictObject({
    test: words.refine(([kind]) => kind === 'CMD', 'expected CMD and words'),
    start_period: z.string(),
    start_interval: z.string(),
    interval: z.string(),
    timeout: z.string(),
    retries: z.number().int(),
  }),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_started') })).default({}),
  scale: z.number().int().min(1).default(1),
});
const fileModel = z.object({ services: z.record(z.string(), serviceModel) });

export type Service = z.output<typeof serviceModel>;

export interface Composition {
  readonly project: string;
  /** Of the file: paths are relative to it. */
  readonly folder: string;
  readonly services: Readonly<Record<string, Service>>;
}

/** Throws where a variable that must be set is not, or the file holds what the stand-in does not know. */
export function readComposition(file: string, project: string, env: NodeJS.ProcessEnv): Composition {
  const document: unknown = parse(readFileSync(file, 'utf8'), { merge: true });
  const { services } = fileModel.parse(interpolate(document, env));
  return { project, folder: dirname(resolve(file)), services };
}

function interpolate(value: unknown, env: NodeJS.ProcessEnv): unknown {
  if (typeof value === 'string') return interpolateText(value, env);
  if (Array.isArray(value)) return value.map((item) => interpolate(item, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolate(item, env)]));
}

/** "$$" is a dollar; "${A}", "${A:-other}" where A is unset or empty, "${A:?complaint}". */
function interpolateText(text: string, env: NodeJS.ProcessEnv): string {
  return text.replace(
    /\$(?:\$|\{(\w+)(?::([-?])([^}]*))?\})/g,
    (whole, name?: string, operator?: string, rest = '') => {
      if (whole === '$$') return '$';
      const value = env[name ?? ''] ?? '';
      if (value !== '') return value;
      if (operator === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
      return operator === '-' ? rest : '';
    },
  );
}

/** Those that are asked for and what they need, in stages: each after the one with what it needs; nothing asked for: all. */
export function stageServices(services: Composition['services'], asked: readonly string[]): string[][] {
  const stages: string[][] = [];
  const stageOf = (name: string): number => {
    const service = services[name];
    if (service === undefined) throw new Error(`no such service: ${name}`);
    const stage = mostOf(Object.keys(service.depends_on).map(stageOf), -1) + 1;
    stages[stage] ??= [];
    if (!stages[stage].includes(name)) stages[stage].push(name);
    return stage;
  };
  for (const name of asked.length > 0 ? asked : Object.keys(services)) stageOf(name);
  return stages;
}
