import { type Channel, type ChannelModel, connect } from 'amqplib';
import { BROKER_RETRIES, retryDelayMs } from '../../broker-patience.ts';
import { EXCHANGE } from './amqp-topology.ts';

export interface AmqpLinkOptions<Kind extends Channel> {
  readonly url: string;
  /** Opens and prepares the one channel of a fresh connection. */
  readonly open: (connection: ChannelModel) => Promise<Kind>;
  /** The channel is ready: at start, and after each interruption. */
  readonly onLinked: (channel: Kind) => void;
  /** The channel is closed, whoever closed it. */
  readonly onBroken: () => void;
  /** The broker could not be reached again for about a minute. */
  readonly onLost: (reason: Error) => void;
}

export interface AmqpLink {
  /** The broker has told that it holds publishers back: it runs out of disk or memory. */
  readonly blocked: boolean;
  /** Settles when the broker has answered. Rejects while the link is broken. */
  ping(): Promise<void>;
  /** Closes the connection so that a fresh one is made. */
  reset(): void;
  close(): Promise<void>;
}

const RECOVERY = { calculateDelay: retryDelayMs, maxRetries: BROKER_RETRIES, initialMaxRetries: 0 };

/** One connection with one channel, made anew whenever either breaks. Rejects where the first attempt fails. */
export async function openAmqpLink<Kind extends Channel>(options: AmqpLinkOptions<Kind>): Promise<AmqpLink> {
  let current: { connection: ChannelModel; channel: Kind } | null = null;
  let closing = false;
  let blocked = false;
  let pinging: Promise<void> | null = null;
  const setup = async (connection: ChannelModel): Promise<void> => {
    connection.on('error', ignore);
    blocked = false;
    connection.on('blocked', () => {
      blocked = true;
    });
    connection.on('unblocked', () => {
      blocked = false;
    });
    const channel = await options.open(connection);
    channel.on('error', ignore);
    channel.on('close', () => {
      current = null;
      if (closing) return;
      options.onBroken();
      // The broker can close a channel alone; only a closed connection is recovered.
      connection.close().catch(ignore);
    });
    current = { connection, channel };
  };
  const recovering = await connect(options.url, { noDelay: true, recovery: { ...RECOVERY, setup } });
  recovering.on('error', ignore);
  recovering.on('reconnect-failed', options.onLost);
  const announce = (): void => {
    if (current !== null) options.onLinked(current.channel);
  };
  recovering.on('connect', announce);
  announce();
  async function ask(): Promise<void> {
    if (current === null) throw new Error('not connected');
    await current.channel.checkExchange(EXCHANGE);
  }

  return {
    get blocked() {
      return blocked;
    },
    ping() {
      // One question at a time: a broker that is silent for hours would else be asked without end.
      pinging ??= ask().finally(() => {
        pinging = null;
      });
      return pinging;
    },
    reset: () => void current?.connection.close().catch(ignore),
    async close() {
      closing = true;
      // The channel first: closing the connection alone overtakes acknowledgements that are not written yet.
      await current?.channel.close().catch(ignore);
      await recovering.close();
    },
  };
}

function ignore(): void {}
