import { type Command, Option } from 'commander';
import { ChatbenchError } from '../../errors.ts';
import { type Parser, rejectText } from '../../units.ts';
import { readVersion } from '../../version.ts';
import { parsedOption } from '../options/parsed-option.ts';
import type { EngineOptions } from './engine-options.ts';

/** Flags of `run` that have agents started in a cluster. */
export interface KubernetesOptions extends EngineOptions {
  readonly on?: 'kubernetes';
  readonly namespace?: string;
  readonly image?: string;
  /** A secret that is there, whose keys are the environment variables of a protocol. */
  readonly envSecret?: string;
  /** Write the manifests, and do nothing else. */
  readonly print?: boolean;
}

export function defineKubernetesOptions(command: Command, group: string): Command {
  const options = [
    new Option(
      '--on <cluster>',
      'start the agents there, and remove them at the end; see docs/many-machines.md',
    ).choices(['kubernetes']),
    parsedOption(
      '--namespace <name>',
      "of --on kubernetes (default: that of kubectl's context)",
      matching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'the name of a namespace, such as load'),
    ),
    parsedOption(
      '--image <image>',
      `of its agents (default: ${defaultImage()}, from deploy/Dockerfile)`,
      matching(/^[a-z0-9][\w./:@-]{0,254}$/i, 'an image, such as registry.example/chatbench:1.0.0'),
    ),
    parsedOption(
      '--env-secret <name>',
      'a secret there that holds the environment variables of a protocol',
      matching(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'the name of a secret, such as chat-tokens'),
    ),
    new Option('--print', 'write the manifests of --on kubernetes to stdout, and do nothing else'),
  ];
  for (const option of options) command.addOption(option.helpGroup(group));
  return command;
}

export function defaultImage(): string {
  return `chatbench:${readVersion()}`;
}

function matching(pattern: RegExp, expected: string): Parser<string> {
  return (text) => (pattern.test(text) ? { ok: true, value: text } : rejectText(expected, text));
}

/** @throws ChatbenchError `usage` for flags that would do nothing, or contradict each other */
export function checkKubernetesOptions(options: KubernetesOptions): void {
  const { on, listen, engine, agentKeys, print = false } = options;
  if (on === undefined) {
    const alone = (['namespace', 'image', 'envSecret', 'print'] as const).find((name) => options[name] !== undefined);
    if (alone === undefined) return;
    const flag = alone === 'envSecret' ? 'env-secret' : alone;
    throw new ChatbenchError('usage', `--${flag}: is for agents in a cluster, expected --on kubernetes beside it`);
  }
  const other = listen !== undefined ? '--listen' : engine !== undefined ? '--engine' : null;
  if (other !== null) {
    throw new ChatbenchError('usage', `--on kubernetes: starts an engine of its own there, expected no ${other}`);
  }
  if (agentKeys === undefined || print) return;
  throw new ChatbenchError('usage', '--on kubernetes: makes keys of its own, expected no --agent-keys', {
    hint: 'they are for --print, where somebody else applies what is written',
  });
}
