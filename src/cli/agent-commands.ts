import { type Command, Option } from 'commander';
import type { ExitCode } from '../errors.ts';
import * as rules from '../scenario/rules.ts';
import { agentCount } from './agents/agent-options.ts';
import { defineEngineOptions } from './agents/engine-options.ts';
import type { AgentCommandOptions } from './commands/agent.ts';
import type { AgentsOptions, KeygenOptions } from './commands/agents.ts';
import { parsedOption } from './options/parsed-option.ts';

const loadAgent = () => import('./commands/agent.ts');
const loadAgents = () => import('./commands/agents.ts');

type Yielding = <Args extends unknown[]>(
  action: (...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>;

/** `agent` and `agents`: load from other machines than the one where a run is started. */
export function addAgentCommands(program: Command, yielding: Yielding): void {
  addAgentCommand(program, yielding);
  const agents = program
    .command('agents')
    .helpCommand(false)
    .description('tell who has joined, how each of them is, and make keys for them');
  defineEngineOptions(agents.command('list'))
    .description('list the agents that are there, with what each of them may do')
    .addOption(new Option('--json', 'print JSON').default(false))
    .action(yielding(async (options: AgentsOptions) => (await loadAgents()).listAgents(options)));
  defineEngineOptions(agents.command('doctor'))
    .description('tell how far away each agent is, how well its clock is known, and what it lacks')
    .addOption(new Option('--json', 'print JSON').default(false))
    .action(yielding(async (options: AgentsOptions) => (await loadAgents()).examineAgents(options)));
  agents
    .command('keygen')
    .description('make a key for whoever starts runs, one for each agent, and a certificate for where they meet')
    .addOption(repeatable('--host <host>', 'name or address by which agents find this machine; repeatable'))
    .addOption(parsedOption('--agents <count>', 'keys for so many agents', agentCount, 1))
    .addOption(new Option('--out <directory>', 'where to write them (default: ~/.config/chatbench/agents)'))
    .action(yielding(async (options: KeygenOptions) => (await loadAgents()).makeKeys(options)));
}

function addAgentCommand(program: Command, yielding: Yielding): void {
  program
    .command('agent')
    .description('generate load for runs that are started elsewhere, within what these flags allow')
    .requiredOption(
      '--join <url>',
      'where runs look for agents: tls://HOST:4222, or nats://127.0.0.1:4222 on this machine',
    )
    .addOption(
      new Option('--key <file>', 'key file of this agent, from `chatbench agents keygen`; needed beyond this machine'),
    )
    .addOption(repeatable('--allow-target <host>', 'a host that may be loaded, private ones included; repeatable'))
    .addOption(repeatable('--allow-env <name>', 'an environment variable that a protocol may use; repeatable'))
    .addOption(repeatable('--allow-module <file>', 'a protocol module that may be run; repeatable'))
    .addOption(repeatable('--label <name=value>', 'what it is known by, such as region=tokyo; repeatable'))
    .addOption(
      repeatable('--time-server <host>', 'a time server (NTP) near it, by which its clock is known better; repeatable'),
    )
    .addOption(new Option('--once', 'leave after one run').default(false))
    .addOption(parsedOption('--max-rate <rate>', 'what it sends a second at most', rules.positiveRate))
    .addOption(parsedOption('--max-connections <count>', 'connections that it opens at most', rules.clients))
    .addOption(parsedOption('--max-duration <time>', 'longest run that it takes part in', rules.positiveDuration))
    .addOption(new Option('--out <directory>', 'where reports are written that nobody takes').default('reports/agents'))
    .addHelpText('after', AGENT_EXAMPLES)
    .action(yielding(async (options: AgentCommandOptions) => (await loadAgent()).agent(options)));
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, description)
    .argParser((value: string, given: readonly string[]) => [...given, value])
    .default([], 'none');
}

const AGENT_EXAMPLES = `
Examples:
  chatbench agent --join nats://127.0.0.1:4222 --allow-target 127.0.0.1
  chatbench agent --join tls://bench.example:4222 --key agent-1.key --allow-target chat.example --label region=tokyo
  chatbench agent --join tls://bench.example:4222 --key agent-1.key --allow-target chat.example --time-server 169.254.169.123`;
