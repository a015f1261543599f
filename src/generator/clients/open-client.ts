import type { Clock } from '../../clock.ts';
import type { ChatProtocol } from '../../protocol/chat-protocol.ts';
import { byRecord } from '../../protocol/split-records.ts';
import type { Connection, ConnectOutcome, Connector } from '../connection.ts';
import { NO_ANSWER, OpeningSteps } from './opening-steps.ts';
import type { VirtualClient } from './virtual-client.ts';

export interface ClientOpening {
  readonly protocol: ChatProtocol;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly timeoutUs: number;
  onFrame(client: VirtualClient, frame: Buffer): void;
  /** How this client does it, where they do it in several ways; absent: all do as it is said here. */
  wireOf?(client: VirtualClient): Pick<ClientOpening, 'protocol' | 'connector' | 'onFrame'>;
  /** A connection that had joined is gone. */
  onDropped(client: VirtualClient, reason: string): void;
}

/**
 * Opens a client's connection and joins it to its rooms. A failure is an outcome, never thrown.
 *
 * @param onOpen told the µs from the start to the open WebSocket, which includes no joining
 */
export async function openClient(
  client: VirtualClient,
  opening: ClientOpening,
  onOpen: (connectUs: number) => void,
): Promise<ConnectOutcome> {
  const { clock, timeoutUs } = opening;
  const { protocol, connector, onFrame } = opening.wireOf?.(client) ?? opening;
  const plan = protocol.open(client.identity);
  const steps = new OpeningSteps(plan, protocol);
  let isJoined = false;
  let connection: Connection | null = null;
  const startUs = clock.nowUs();
  const outcome = await connector.connect(plan, timeoutUs, {
    onFrame: byRecord(protocol, (frame) => {
      if (isJoined || !steps.take(frame)) onFrame(client, frame);
    }),
    onClose(reason, code) {
      noteLogout(client, protocol, code);
      steps.fail(reason);
      if (connection !== null && client.connection === connection) opening.onDropped(client, reason);
    },
  });
  if (outcome.outcome !== 'ok') {
    client.isTurnedAway = outcome.isOwn !== true;
    noteLogout(client, protocol, outcome.answer?.status);
    return outcome;
  }
  onOpen(clock.nowUs() - startUs - (outcome.heldUs ?? 0));
  steps.begin(outcome.connection);
  const failure = await steps.within(clock, timeoutUs);
  client.isTurnedAway = failure !== null;
  if (failure !== null) {
    outcome.connection.close();
    return { outcome: failure === NO_ANSWER ? 'timeout' : 'protocol', detail: `join: ${failure}` };
  }
  isJoined = true;
  connection = outcome.connection;
  if (client.identity.session !== undefined) client.forgetTemplates();
  client.join(connection);
  return outcome;
}

/** @param code the HTTP status or close code by which the server has turned the client away; undefined: it gave none */
function noteLogout(client: VirtualClient, { login }: ChatProtocol, code: number | undefined): void {
  if (code !== undefined && login?.againOn.includes(code)) client.isLoggedOut = true;
}
