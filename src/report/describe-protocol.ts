import type { RunResult } from '../result/run-result.ts';

/** In a word or two: an adapter's name, or what it was described by. */
export function describeProtocol(protocol: RunResult['scenario']['protocol']): string {
  if (typeof protocol === 'string') return protocol;
  if (protocol.kind === 'reference') {
    const way = protocol.send === 'http' ? 'sends over HTTP' : '';
    return `reference (${[protocol.deliver === 'room' ? '' : `deliver: ${protocol.deliver}`, way].filter(Boolean).join(', ')})`;
  }
  return protocol.kind === 'module' ? `module ${protocol.file.split(/[/\\]/).at(-1)}` : protocol.name;
}
