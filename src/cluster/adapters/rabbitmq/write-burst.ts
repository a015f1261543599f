import type { ChannelModel } from 'amqplib';

/**
 * Yields a function to call after each publish: it holds the connection's socket back until all that was published in the
 * same turn of the event loop has been written to it, so that a burst is one system call instead of one per message.
 *
 * amqplib writes in an immediate that it schedules in the next tick; the release is scheduled one step after that. Should
 * the library order this otherwise, or hide its socket, bursts are merely written message by message.
 */
export function createWriteBurst(connection: ChannelModel): () => void {
  const { stream } = connection.connection as { readonly stream?: Corkable };
  if (stream === undefined) return () => {};
  let holding = false;
  const release = (): void => {
    holding = false;
    stream.uncork();
  };
  return () => {
    if (holding) return;
    holding = true;
    stream.cork();
    process.nextTick(() => setImmediate(release));
  };
}

interface Corkable {
  cork(): void;
  uncork(): void;
}
