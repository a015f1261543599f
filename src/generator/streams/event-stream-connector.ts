import type { ClientRequest, IncomingMessage } from 'node:http';
import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser';
import type { Opening, ReceivedPlace } from '../../protocol/chat-protocol.ts';
import type { Connection, ConnectionListener, ConnectOutcome, Connector } from '../connection.ts';
import type { HostGuard } from '../hosts/host-guard.ts';
import { LARGEST_READ_BYTES } from '../largest-read.ts';
import { describeError, NO_WORD } from '../socket/describe-end.ts';
import { createOpenGet, type OpenGet } from './open-get.ts';
import { explainNoAnswer, readRefusal } from './read-refusal.ts';

/**
 * Clients that receive server-sent events (HTML Living Standard, section 9.2). A frame is an event's data, its lines joined; where
 * the event has a name, other than `message`, a line `event: NAME` stands before it. What is sent goes by HTTP.
 */
export function createEventStreamConnector(sourceAddress: string | null, hosts: HostGuard): Connector {
  const openGet = createOpenGet(sourceAddress, hosts, false);
  return { connect: (opening, timeoutUs, listener) => connect(openGet, opening, timeoutUs, listener) };
}

function connect(
  openGet: OpenGet,
  opening: Opening,
  timeoutUs: number,
  listener: ConnectionListener,
): Promise<ConnectOutcome> {
  const { url, place } = opening;
  const lastId = place?.id ?? null;
  const headers = {
    Accept: 'text/event-stream',
    'Cache-Control': 'no-cache',
    ...(lastId === null ? {} : { 'Last-Event-ID': lastId }),
    ...opening.headers,
  };
  return new Promise((settle) => {
    let request: ClientRequest;
    try {
      request = openGet(url, headers);
    } catch (error) {
      settle({ outcome: 'refused', detail: (error as Error).message, isOwn: true });
      return;
    }
    const timer = setTimeout(() => {
      settle({ outcome: 'timeout', detail: 'no answer' });
      request.destroy();
    }, timeoutUs / 1000);
    request.on('response', (response) => {
      clearTimeout(timer);
      if (response.statusCode !== 200) readRefusal(response).then(settle);
      else if (!/^text\/event-stream\b/i.test(response.headers['content-type'] ?? '')) {
        settle({
          outcome: 'protocol',
          detail: `content type ${response.headers['content-type'] ?? '(none)'}, expected text/event-stream`,
        });
        request.destroy();
      } else settle({ outcome: 'ok', connection: new EventStream(request, response, listener, place) });
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      settle(explainNoAnswer(error));
    });
    request.end();
  });
}

class EventStream implements Connection {
  readonly bufferedBytes = 0;
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  readonly #listener: ConnectionListener;
  readonly #parser: EventSourceParser;
  #isOpen = true;
  #pending = 0;

  constructor(
    request: ClientRequest,
    response: IncomingMessage,
    listener: ConnectionListener,
    place: ReceivedPlace | undefined,
  ) {
    this.#request = request;
    this.#response = response;
    this.#listener = listener;
    this.#parser = createParser({
      onEvent: (event) => this.#take(event),
      onId: (id) => {
        if (place !== undefined) place.id = id;
      },
      onRetry: (retryMs) => {
        if (place !== undefined) place.retryUs = retryMs * 1000;
      },
    });
    response.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    response.on('close', () => this.#end());
    response.on('error', (error) => this.#end(error));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Nothing goes this way: a description that sends is refused before. */
  sendText(): void {}
  sendPing(): void {}
  sendMessages(): void {}

  pauseReading(): void {
    this.#response.pause();
  }

  resumeReading(): void {
    this.#response.resume();
  }

  close(): void {
    this.#isOpen = false;
    this.#request.destroy();
  }

  #read(text: string): void {
    this.#pending += text.length;
    this.#parser.feed(text);
    if (this.#pending <= LARGEST_READ_BYTES) return;
    this.#end(new Error(`an event of more than ${LARGEST_READ_BYTES} characters`));
    this.#request.destroy();
  }

  #take({ event, data }: EventSourceMessage): void {
    this.#pending = 0;
    if (!this.#isOpen) return;
    const isNamed = event !== undefined && event !== 'message';
    this.#listener.onFrame(Buffer.from(isNamed ? `event: ${event}\n${data}` : data));
  }

  #end(error: Error | null = null): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listener.onClose(describeError(error) ?? NO_WORD);
  }
}
