/**
 * Harm to single components of a running target, by name: `gateway-1`, `worker-1`, `rabbitmq`, `redis`, `postgres`, `nginx`.
 * What they bring about is no failure of the target. All reject with the names there are where the name is none of them.
 */
export interface TargetFaults {
  /**
   * Ends it without warning; settles when it is gone. It is started again at once, by the same name on the same port, with
   * the data that it kept.
   */
  kill(component: string): Promise<void>;
  /** Tells it to end and starts it again likewise; settles when it is ready. */
  restart(component: string): Promise<void>;
  /** Stops all of its processes where they stand (SIGSTOP); its sockets stay open. */
  pause(component: string): Promise<void>;
  resume(component: string): Promise<void>;
  /** Breaks connections at the broker's end: of `redis-pubsub` (its subscribers'), `redis` (all others), `postgres` or `amqp`. */
  disconnect(component: string): Promise<void>;
}

export type FaultAction = keyof TargetFaults;
