import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '../machine/find-binaries.ts';
import type { ServiceAccount } from '../machine/service-account.ts';

/** How a program of ours gets into a private RabbitMQ's node. */
export interface RabbitmqNode {
  readonly name: string;
  /** Where its cookie is. */
  readonly home: string;
  readonly epmdPort: number;
  /** Who may read the cookie; null: this process's own user. */
  readonly account: ServiceAccount | null;
}

/**
 * Has the broker close every AMQP connection, as `rabbitmqctl close_all_connections` does, which takes some seconds of CPU
 * for it: this is Erlang alone. Rejects where the node cannot be reached.
 */
export async function closeAmqpConnections({ name, home, epmdPort, account }: RabbitmqNode): Promise<void> {
  const erl = findProgram('erl');
  if (erl === null) throw new Error('expected Erlang\'s "erl" on PATH');
  const args = [...VISITOR, '-sname', `fault-${process.pid}@localhost`, '-eval', closeAll(name)];
  await promisify(execFile)(erl, args, {
    cwd: home,
    // The cookie is read from HOME: on the command line everybody could read it.
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: home, ERL_EPMD_PORT: String(epmdPort) },
    timeout: LIMIT_MS,
    ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  });
}

const LIMIT_MS = 10_000;

/** One scheduler, nothing on stdin, on loopback, and no port mapper of its own. */
const VISITOR = ['-noinput', '-hidden', '+S', '1:1', '-start_epmd', 'false'].concat([
  '-kernel',
  'inet_dist_use_interface',
  '{127,0,0,1}',
]);

/** Ends with 1 where the node does not answer; a connection that is gone before its turn is as good as closed. */
function closeAll(node: string): string {
  return `case rpc:call('${node}', rabbit_networking, connections, []) of
    Pids when is_list(Pids) ->
      [rpc:call('${node}', rabbit_networking, close_connection, [Pid, "fault"]) || Pid <- Pids], halt(0);
    _ -> halt(1)
  end.`;
}
