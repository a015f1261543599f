import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chatbench, startChatbench } from '../run-chatbench.ts';
import type { ContainerEngine } from './container-engine.ts';
import { listImages } from './list-images.ts';
import { openContainerEngine } from './open-container-engine.ts';
import { runProgram } from './run-program.ts';
import { buildStandinImages } from './standin-images.ts';

/** An engine that has the images of docker-compose.target.yml, and what a test does with it. */
export interface CompositionFixture {
  readonly engine: ContainerEngine;
  /** A folder for the test's files. */
  readonly directory: string;
  docker(...args: readonly string[]): Promise<string>;
  /** Compose, on docker-compose.target.yml in the root of this package, with variables of its own. */
  compose(project: string, variables: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<string>;
  /** Starts chatbench, which is ended with the fixture at the latest. */
  chatbench(...args: readonly string[]): Chatbench;
  /** Containers of a project by their names without it, such as "gateway-1", with their identifiers. */
  findContainers(project: string): Promise<Map<string, string>>;
  /** The only project of a run in this engine; its name is chosen by chance. */
  findProject(): Promise<string>;
  stop(): Promise<void>;
}

const SERVICES = ['redis', 'rabbitmq', 'postgres', 'nginx', 'gateway'] as const;
const ROOT = new URL('../../../', import.meta.url);

/** Everything is gone when `stop` settles. Rejects where there is no engine to be had. */
export async function openComposition(): Promise<CompositionFixture> {
  const engine = await openContainerEngine();
  // Inside an engine's own folder, which is swept where this process is killed.
  const directory = mkdtempSync(join(engine.own?.folder ?? tmpdir(), 'composition-'));
  const runs: Chatbench[] = [];
  const stop = async () => {
    for (const { child } of runs) child.kill('SIGKILL');
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const docker = (...args: readonly string[]) => runProgram('docker', args, { env: engine.env });
  try {
    if (engine.own !== null) await buildStandinImages(engine.env, directory, listImages(SERVICES));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    engine,
    directory,
    docker,
    compose: (project, variables, ...args) =>
      runProgram('docker', ['compose', '--file', 'docker-compose.target.yml', '--project-name', project, ...args], {
        env: { ...engine.env, ...variables },
        cwd: ROOT.pathname,
      }),
    chatbench(...args) {
      const run = startChatbench(args, directory, engine.env);
      runs.push(run);
      return run;
    },
    async findContainers(project) {
      const filter = `label=com.docker.compose.project=${project}`;
      const rows = await docker('ps', '--all', '--filter', filter, '--format', '{{.ID}} {{.Names}}');
      const words = rows.split('\n').filter((row) => row !== '');
      return new Map(words.map((row) => [row.split(`${project}-`)[1] ?? '', row.split(' ')[0] ?? '']));
    },
    async findProject() {
      const labels = await docker('ps', '--format', '{{.Label "com.docker.compose.project"}}');
      const projects = [...new Set(labels.split('\n'))].filter((name) => name.startsWith('chatbench-'));
      if (projects.length !== 1) throw new Error(`expected one composition of a run, got ${projects.length}`);
      return projects[0]!;
    },
    stop,
  };
}
