import { readFileSync, statSync } from 'node:fs';
import { ChatbenchError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { LIMITS } from './defaults.ts';
import { PROTOCOL_NAMES, protocolBlock } from './protocol-block.ts';
import { type Environment, type GivenProtocol, readProtocol, resolveModule } from './read-protocol.ts';

/**
 * The value of `--protocol`: the name of an adapter, or the path of a description (.yaml, .yml) or of a module.
 *
 * @throws ChatbenchError `usage` where there is no such file
 */
export function loadProtocol(nameOrPath: string, environment: Environment | undefined): GivenProtocol {
  const flag = `--protocol ${nameOrPath}`;
  if (!/\.ya?ml$/.test(nameOrPath)) {
    const parsed = protocolBlock.safeParse(nameOrPath);
    if (!parsed.success) throw unknownProtocol(nameOrPath);
    const value = resolveModule(parsed.data, './here');
    if (typeof value === 'object' && value.kind === 'module') requireFile(value.file);
    return { flag, parsed: { ok: true, value }, problems: [] };
  }
  requireFile(nameOrPath);
  return readProtocol(readFileSync(nameOrPath, 'utf8'), nameOrPath, flag, environment);
}

function requireFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() && stats.size <= LIMITS.maxFileBytes) return;
  const reason = stats?.isFile() ? `expected at most ${LIMITS.maxFileBytes} bytes` : 'no such file';
  throw new ChatbenchError('usage', `cannot read the protocol ${JSON.stringify(file)}: ${reason}`, {
    hint: 'docs/your-server.md shows how a server is described',
  });
}

function unknownProtocol(name: string): ChatbenchError {
  const suggestion = didYouMean(name, PROTOCOL_NAMES);
  return new ChatbenchError(
    'usage',
    `unknown protocol ${JSON.stringify(name)}${suggestion === '' ? `, expected one of ${PROTOCOL_NAMES.join(', ')}` : suggestion}`,
    { hint: 'a description of your own is given by its path, such as ./my-protocol.yaml' },
  );
}
