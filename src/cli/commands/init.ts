import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { createConnector } from '../../generator/create-connector.ts';
import { type DetectedWire, detectWire } from '../../generator/detect/detect-wire.ts';
import { createHostGuard } from '../../generator/hosts/host-guard.ts';
import { redact, rememberSecretsOf } from '../../redact.ts';
import { writeStarter } from '../init/write-starter.ts';
import { printLine, printNote } from '../print.ts';
import { type ReachOptions, withTls } from '../run/admit-target.ts';
import { guardHosts } from '../run/guard-hosts.ts';
import { readTls } from '../run/read-tls.ts';

export interface InitOptions extends ReachOptions {
  /** Where the two files are written. */
  readonly out: string;
  /** Files that are there are written over. */
  readonly force: boolean;
  /** For each attempt to find out what the server speaks, µs. */
  readonly timeout: number;
}

const ANY_TARGET = 'ws://127.0.0.1:8080';

/** `chatbench init [url]`: a scenario and a description to begin with; with an address, the description of what answers there. */
export async function init(url: string | undefined, options: InitOptions): Promise<ExitCode> {
  const files = ['scenario.yaml', 'protocol.yaml'].map((name) => join(options.out, name));
  const taken = files.find((file) => existsSync(file));
  if (taken !== undefined && !options.force) {
    throw new ChatbenchError('usage', `${taken}: is there already`, {
      hint: 'write over it with --force, or elsewhere with --out DIRECTORY',
    });
  }
  const wire = url === undefined ? null : await findWire(url, options);
  const { scenario, protocol } = writeStarter(targetOf(url, wire), wire);
  mkdirSync(options.out, { recursive: true });
  for (const [file, text] of [scenario, protocol].map((text, i) => [files[i]!, text] as const))
    writeFileSync(file, text);
  printLine(`wrote ${files.join(' and ')}`);
  const target = url === undefined ? 'URL' : redact(targetOf(url, wire));
  printLine(`next: npx chatbench probe ${target} --protocol ${files[1]}`);
  return EXIT.pass;
}

async function findWire(url: string, options: InitOptions): Promise<DetectedWire | null> {
  rememberSecretsOf(url);
  const admitted = await guardHosts([url], options.allowTarget);
  const hosts = createHostGuard(withTls(admitted, readTls(options)).hosts);
  const wire = await detectWire(url, {
    sockets: createConnector('websocket', null, hosts),
    brokers: createConnector('mqtt', null, hosts),
    streams: createConnector('sse', null, hosts),
    timeoutUs: options.timeout,
    listenUs: options.timeout,
  });
  if (wire === null) {
    throw new ChatbenchError('target-unavailable', `${redact(url)}: nothing answers there that is known`, {
      hint: 'check that the server is up and the path of the address, or begin without one: chatbench init',
    });
  }
  printNote(
    wire.preset === 'plain'
      ? 'it opens a WebSocket, and says nothing by which it could be known'
      : `it speaks ${wire.preset}`,
  );
  return wire;
}

/** The address without a path, which the description has. */
function targetOf(url: string | undefined, wire: DetectedWire | null): string {
  if (url === undefined || wire === null) return ANY_TARGET;
  const { protocol, host } = new URL(url);
  if (/^mqtts?:$/.test(protocol)) return `${protocol}//${host}`;
  const isSecure = protocol === 'wss:' || protocol === 'https:';
  if (wire.preset === 'sse') return `${isSecure ? 'https' : 'http'}://${host}`;
  return `${isSecure ? 'wss' : 'ws'}://${host}`;
}
