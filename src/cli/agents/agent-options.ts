import { type Command, Option } from 'commander';
import { parseCount, restrict } from '../../units.ts';
import { parsedOption } from '../options/parsed-option.ts';
import { defineEngineOptions } from './engine-options.ts';
import { defineKubernetesOptions, type KubernetesOptions } from './kubernetes-options.ts';

/** Flags of `run` that have its load come from agents. */
export interface AgentOptions extends KubernetesOptions {
  /** So many take part; undefined: this machine alone generates the load, or as many as it takes where they are started. */
  readonly agents?: number;
  /** What becomes of the run when one is lost. */
  readonly onAgentLost: 'stop' | 'continue';
}

export const agentCount = restrict(parseCount, (count) => count >= 1 && count <= 1_000, '1 to 1,000 agents');

/** Defines the flags of `AgentOptions` on `run`. */
export function defineAgentOptions(command: Command): Command {
  const group = 'Agents:';
  command.addOption(
    parsedOption(
      '--agents <count>',
      'have the load come from so many agents; see `chatbench agent`',
      agentCount,
    ).helpGroup(group),
  );
  defineEngineOptions(command, group);
  defineKubernetesOptions(command, group);
  return command.addOption(
    new Option(
      '--on-agent-lost <what>',
      'end the run when an agent is lost, or let the others go on; it is invalid either way',
    )
      .choices(['stop', 'continue'])
      .default('stop')
      .helpGroup(group),
  );
}
