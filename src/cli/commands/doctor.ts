import { EXIT, type ExitCode } from '../../errors.ts';
import { examineMachine } from '../../launch/machine/examine-machine.ts';
import type { MachineReport } from '../../launch/machine/machine-report.ts';
import { formatBytes, formatCores } from '../../quantities.ts';
import { OPEN_FILES_WANTED } from '../open-files-wanted.ts';
import { printLine } from '../print.ts';

export interface DoctorOptions {
  readonly json: boolean;
}

/** `chatbench doctor`: versions, limits, and which targets can run here. */
export async function doctor({ json }: DoctorOptions): Promise<ExitCode> {
  const machine = await examineMachine();
  printLine(json ? JSON.stringify(machine, null, 2) : describeMachine(machine));
  return EXIT.pass;
}

function describeMachine(machine: MachineReport): string {
  const { soft, hard } = machine.openFiles;
  return [
    `chatbench   ${machine.chatbench}`,
    `node        ${machine.node}`,
    `machine     ${machine.platform}, ${formatCores(machine)}, ${formatBytes(machine.memoryBytes)}`,
    `open files  ${soft ?? 'unlimited'} per process (hard limit ${hard ?? 'none'})${describeFewFiles(soft)}`,
    '',
    'Programs',
    ...machine.programs.map(({ name, path, version }) =>
      path === null ? `  ✗ ${name.padEnd(16)} missing` : `  ✓ ${name.padEnd(16)} ${(version ?? '').padEnd(14)} ${path}`,
    ),
    '',
    'Targets',
    ...machine.targets.flatMap(({ kind, available, reason, remedy }) => [
      available ? `  ✓ ${kind}` : `  ✗ ${kind.padEnd(9)} ${reason}`,
      ...(remedy === null ? [] : [`    → ${remedy}`]),
    ]),
    '  ✓ ws://…    any server that can be reached from here',
  ].join('\n');
}

function describeFewFiles(soft: number | null): string {
  return soft === null || soft >= OPEN_FILES_WANTED ? '' : `: raise it with \`ulimit -n ${OPEN_FILES_WANTED}\``;
}
