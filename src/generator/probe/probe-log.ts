import type { Opening } from '../../protocol/chat-protocol.ts';
import type { Connection, ConnectionListener, Connector } from '../connection.ts';
import { fillTemplate } from '../http/fill-template.ts';

/** One thing that a probe saw. */
export interface ProbeEvent {
  /** Since the probe began. */
  readonly atUs: number;
  /** 0: the one that sends the message. */
  readonly user: number;
  /** `in`: received. `note`: no frame, but something that happened to the connection. */
  readonly direction: 'in' | 'out' | 'note';
  readonly text: string;
  /** What it was taken for, and by which rule. */
  readonly meaning: string;
}

export type Log = (direction: ProbeEvent['direction'], text: string, meaning: string) => void;

/** A connector whose connections tell of every frame that they send; of those received tells whoever recognises them. */
export function createLoggingConnector(connector: Connector, log: Log): Connector {
  return {
    async connect(opening: Opening, timeoutUs: number, listener: ConnectionListener) {
      log('note', opening.url, 'connects');
      const outcome = await connector.connect(opening, timeoutUs, listener);
      if (outcome.outcome !== 'ok') return outcome;
      return { ...outcome, connection: logSends(outcome.connection, log) };
    },
  };
}

function logSends(connection: Connection, log: Log): Connection {
  return {
    get isOpen() {
      return connection.isOpen;
    },
    get bufferedBytes() {
      return connection.bufferedBytes;
    },
    sendText(text, isBinary) {
      log('out', typeof text === 'string' ? text : Buffer.from(text).toString(), 'opening or answer');
      connection.sendText(text, isBinary);
    },
    sendPing: () => connection.sendPing(),
    sendMessages(templates, room, sequences, payloads, onWrite) {
      for (const [i, sequence] of sequences.entries()) {
        const template = templates[payloads[i]!]!;
        const { request } = template;
        const text = fillTemplate(template, sequence, room).toString();
        log('out', text, request === undefined ? 'message' : `message, ${request.method} ${request.url}`);
      }
      connection.sendMessages(templates, room, sequences, payloads, onWrite);
    },
    pauseReading: () => connection.pauseReading(),
    resumeReading: () => connection.resumeReading(),
    close: () => connection.close(),
  };
}
