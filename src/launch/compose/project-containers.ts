import { z } from 'zod';
import { runDocker } from './run-docker.ts';

const LABEL = 'com.docker.compose';

const inspected = z.object({
  Id: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()) }),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number(),
    Health: z.object({ Status: z.string(), Log: z.array(z.object({ Output: z.string() })).nullish() }).nullish(),
  }),
});

/** A container of a composition. */
export interface ProjectContainer {
  readonly id: string;
  /** Its service and number in it, as faults name it: "gateway-2". */
  readonly name: string;
  readonly service: string;
  /** "running", "exited", … */
  readonly status: string;
  readonly exitCode: number;
  /** "starting", "healthy", "unhealthy", or "none" where nothing is checked. */
  readonly health: string;
  /** What its last check wrote; empty where none has ended. */
  readonly lastCheck: string;
}

/** The filters by which Docker finds containers of a composition, whether they run or not. */
export function filterContainers(project: string, labels: Readonly<Record<string, string>> = {}): string[] {
  const all = Object.entries({ project, ...labels });
  return ['ps', '--all', '--quiet', ...all.flatMap(([name, value]) => ['--filter', `label=${LABEL}.${name}=${value}`])];
}

/** All of a composition's containers. Rejects where Docker does not tell. */
export async function listProjectContainers(project: string): Promise<ProjectContainer[]> {
  const ids = (await runDocker(filterContainers(project))).trim();
  if (ids === '') return [];
  const all = z.array(inspected).parse(JSON.parse(await runDocker(['inspect', ...ids.split('\n')])));
  return all.map(({ Id, Config: { Labels }, State }) => {
    const service = Labels[`${LABEL}.service`] ?? '';
    return {
      id: Id,
      name: `${service}-${Labels[`${LABEL}.container-number`]}`,
      service,
      status: State.Status,
      exitCode: State.ExitCode,
      health: State.Health?.Status ?? 'none',
      lastCheck: State.Health?.Log?.at(-1)?.Output.trim() ?? '',
    };
  });
}
