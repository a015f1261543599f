import { type Command, Option } from 'commander';
import { ChatbenchError } from '../../errors.ts';
import { isPrivateAddress } from '../../private-address.ts';

/** Flags that say where controller and agents meet. */
export interface EngineOptions {
  /** Where the engine that is started listens. */
  readonly listen?: EngineAddress;
  /** One that runs already. */
  readonly engine?: string;
  /** Directory that `agents keygen` wrote. */
  readonly agentKeys?: string;
}

export interface EngineAddress {
  readonly host: string;
  readonly port: number;
}

/** Of NATS. */
const PORT = 4222;
export const DEFAULT_ADDRESS: EngineAddress = { host: '127.0.0.1', port: PORT };

export function defineEngineOptions(command: Command, group?: string): Command {
  const options = [
    new Option(
      '--listen <address>',
      `where agents join, such as 0.0.0.0:${PORT}; this machine alone (127.0.0.1:${PORT}) where left out`,
    ).argParser(parseAddress),
    new Option('--engine <url>', 'a NATS server that runs already, instead of one of its own').argParser(
      parseEngineUrl,
    ),
    new Option(
      '--agent-keys <directory>',
      'what `chatbench agents keygen` wrote (default: ~/.config/chatbench/agents)',
    ),
  ];
  for (const option of options) command.addOption(group === undefined ? option : option.helpGroup(group));
  return command;
}

/** HOST, HOST:PORT, or [IPV6]:PORT; null for what is none of these. */
export function splitAddress(text: string, defaultPort: number): EngineAddress | null {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const port = Number(digits ?? defaultPort);
  const host = bracketed ?? plain;
  return host !== undefined && port > 0 && port <= 65_535 ? { host, port } : null;
}

function parseAddress(text: string): EngineAddress {
  const address = splitAddress(text, PORT);
  if (address !== null) return address;
  throw new ChatbenchError('usage', `--listen ${text}: expected an address of this machine, such as 0.0.0.0:${PORT}`);
}

function parseEngineUrl(text: string): string {
  return readEngineUrl('--engine', text);
}

/**
 * The address of a NATS server, with its port.
 *
 * @throws ChatbenchError `usage` for what is none, and for one beyond this machine without encryption
 */
export function readEngineUrl(flag: string, text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^(nats|tls):$/.test(url.protocol) || url.hostname === '' || url.username !== '') {
    throw new ChatbenchError('usage', `${flag} ${text}: expected an address such as tls://HOST:${PORT}`);
  }
  if (url.protocol === 'nats:' && !isLoopback(url.hostname)) {
    throw new ChatbenchError('usage', `${flag} ${text}: is not encrypted, expected tls:// for another machine`);
  }
  return `${url.protocol}//${url.hostname}:${url.port || PORT}`;
}

export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '::1' ||
    host === '[::1]' ||
    (/^127\.\d+\.\d+\.\d+$/.test(host) && isPrivateAddress(host))
  );
}
