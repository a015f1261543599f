import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChatbenchError } from '../errors.ts';
import { nearestName } from '../nearest.ts';
import { LIMITS } from './defaults.ts';
import { loadProtocol } from './load-protocol.ts';
import { type ParseOptions, parseScenario } from './parse-scenario.ts';
import { findOwnServer, refuseOwnServer } from './refuse-own-server.ts';
import type { Scenario } from './scenario.ts';

/** Where the ready-made scenarios lie: the same distance from the source and from the build. */
const SCENARIOS_DIRECTORY = fileURLToPath(new URL('../../scenarios', import.meta.url));

export interface LoadOptions extends Omit<ParseOptions, 'file' | 'protocol'> {
  /** Value of `--protocol`: a name, or the path of a description or module. */
  readonly protocol?: string | undefined;
}

export interface ListedScenario {
  /** What `run` takes: the file's name without its ending. */
  readonly name: string;
  readonly file: string;
  readonly scenario: Scenario;
}

/**
 * A ready-made scenario by its name, or any other by the path of its file. A path has a slash or ends in .yaml or .yml.
 *
 * @throws ChatbenchError `scenario-unknown` with the nearest names, `usage` for a ready-made one that the operator's own server cannot
 *   be asked, or `scenario-invalid` with all problems
 */
export function loadScenario(nameOrPath: string, options: LoadOptions): Scenario {
  const isPath = /[/\\]|\.ya?ml$/.test(nameOrPath);
  const file = isPath ? nameOrPath : packagedFile(nameOrPath);
  const protocol = options.protocol === undefined ? undefined : loadProtocol(options.protocol, options.environment);
  const text = readText(file);
  const settled = { ...options, file: isPath ? file : shortPath(file), protocol };
  if (!isPath) refuseUnaskable(text, settled);
  return parseScenario(text, settled);
}

/** @throws ChatbenchError `usage` where a ready-made scenario asks for what the operator's own server cannot have */
function refuseUnaskable(text: string, options: ParseOptions): void {
  const own = findOwnServer(options.overrides, options.protocol);
  if (own === null) return;
  const { file, checkThreshold, checkAbort, overrides } = options;
  const asShipped = parseScenario(text, { file, checkThreshold, checkAbort, overrides: { quick: overrides?.quick } });
  const refusal = refuseOwnServer(asShipped, own);
  if (refusal !== null) throw refusal;
}

/**
 * All scenarios of a directory, by name; of the package's own by default.
 *
 * @throws ChatbenchError `scenario-invalid` where one of them is
 */
export function listScenarios(
  options: Pick<ParseOptions, 'checkThreshold' | 'checkAbort'>,
  directory: string = SCENARIOS_DIRECTORY,
): readonly ListedScenario[] {
  return listScenarioNames(directory).map((name) => {
    const file = join(directory, `${name}.yaml`);
    return { name, file, scenario: parseScenario(readText(file), { ...options, file: shortPath(file) }) };
  });
}

/** Names alone, sorted, without reading the files. */
export function listScenarioNames(directory: string = SCENARIOS_DIRECTORY): readonly string[] {
  return readdirSync(directory)
    .filter((entry) => extname(entry) === '.yaml')
    .map((entry) => basename(entry, '.yaml'))
    .sort();
}

function packagedFile(name: string): string {
  const names = listScenarioNames();
  if (names.includes(name)) return join(SCENARIOS_DIRECTORY, `${name}.yaml`);
  const nearest = nearestName(name, names);
  const suggestion = nearest === null ? `expected one of ${names.join(', ')}` : `did you mean "${nearest}"?`;
  throw new ChatbenchError('scenario-unknown', `unknown scenario ${JSON.stringify(name)}, ${suggestion}`, {
    hint: '`chatbench scenarios` lists them; a scenario of your own is given by its path, such as ./my.yaml',
  });
}

function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size <= LIMITS.maxFileBytes) return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (cause as Error).message;
    throw new ChatbenchError('scenario-unknown', `cannot read the scenario ${JSON.stringify(file)}: ${reason}`, {
      hint: '`chatbench scenarios` lists the ready-made ones',
      cause,
    });
  }
  throw new ChatbenchError(
    'scenario-invalid',
    `${file}: expected a scenario file of at most ${LIMITS.maxFileBytes} bytes`,
  );
}

/** Relative where that is shorter to read. */
function shortPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}
