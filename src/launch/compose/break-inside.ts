import { BREAKABLE } from '../../choices.ts';
import { CLOSE_OTHER_BACKENDS } from '../../cluster/adapters/break-connections.ts';

/** Which container closes the connections, and by which command of the broker's own. */
const COMMANDS: Readonly<Record<string, { readonly component: string; readonly command: readonly string[] }>> = {
  'redis-pubsub': { component: 'redis', command: ['redis-cli', 'CLIENT', 'KILL', 'TYPE', 'pubsub'] },
  // Not the one that asks: SKIPME is Redis' default.
  redis: { component: 'redis', command: ['redis-cli', 'CLIENT', 'KILL', 'TYPE', 'normal'] },
  postgres: {
    component: 'postgres',
    command: [
      ...['psql', '--username', 'chatbench', '--dbname', 'postgres', '--quiet', '--output', '/dev/null', '--command'],
      CLOSE_OTHER_BACKENDS,
    ],
  },
  amqp: { component: 'rabbitmq', command: ['rabbitmqctl', '--quiet', 'close_all_connections', 'fault'] },
};

/** How connections of this kind are broken from inside a composition. Throws where it is none of `BREAKABLE`. */
export function findBreakCommand(what: string): { readonly component: string; readonly command: readonly string[] } {
  const found = COMMANDS[what];
  if (found === undefined) throw new Error(`expected one of ${BREAKABLE.join(', ')}, got ${what}`);
  return found;
}
