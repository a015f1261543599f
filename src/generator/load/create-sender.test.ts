import { expect, it } from 'vitest';
import { layOutRooms } from '../../plan/room-layout.ts';
import { echoProtocol } from '../../protocol/adapters/echo.ts';
import { createMarker } from '../../record/marker.ts';
import { percentileOf } from '../../record/percentile-of.ts';
import { Recorder } from '../../record/recorder.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { Seat } from '../clients/seat.ts';
import { VirtualClient } from '../clients/virtual-client.ts';
import type { Connection } from '../connection.ts';
import { createSender } from './create-sender.ts';

const CLIENTS = 2_000;
const WRITE_US = 8;

/** Each write takes 8 µs, and its message is back with the client by then. */
function createTick() {
  const clock = new VirtualClock();
  const rooms = layOutRooms({ clients: CLIENTS, roomClasses: [{ size: 1, count: CLIENTS }] });
  const recorder = new Recorder({ rooms, senderReceives: true, expectsAck: false }, 5_000_000, () => {});
  const seats = new Map<number, Seat>();
  const sending = { protocol: echoProtocol, marker: createMarker('test', 0), payloadBytes: [64] };
  for (let client = 0; client < CLIENTS; client++) {
    const identity = { client, room: client, endpoint: 'ws://virtual', members: { first: client, count: 1 } };
    const one = new VirtualClient(identity);
    one.connection = {
      isOpen: true,
      bufferedBytes: 0,
      sendMessages(_templates, room, sequences, _payloads, onWrite) {
        onWrite(sequences);
        clock.block(WRITE_US);
        for (const sequence of sequences) recorder.delivered(sequence, room, client, clock.nowUs(), Buffer.alloc(0));
      },
    } as Partial<Connection> as Connection;
    seats.set(client, new Seat(client, one, client, sending));
  }
  const sender = createSender(seats, recorder, { noteBuffered() {} } as never, () => clock.nowUs());
  return { clock, recorder, sender, seats };
}

it('stamps each message at its own write: the last of 2,000 sockets in one tick is 16 ms late, and its service no longer for it', () => {
  const { clock, recorder, sender } = createTick();
  for (let client = 0; client < CLIENTS; client++) sender.send(client, client, 0, 0, clock.nowUs(), true);
  sender.flush();
  const { histograms, ledger } = recorder.finish(clock.nowUs());
  expect(ledger).toMatchObject({ planned: CLIENTS, sent: CLIENTS, once: CLIENTS });
  expect(histograms.lateness).toMatchObject({ count: CLIENTS, maxUs: (CLIENTS - 1) * WRITE_US });
  for (const percentile of [25, 50, 75]) {
    const expectedUs = (percentile / 100) * CLIENTS * WRITE_US;
    expect(Math.abs(percentileOf(histograms.lateness, percentile) - expectedUs)).toBeLessThanOrEqual(
      expectedUs * 0.002,
    );
  }
  expect(histograms.service).toMatchObject({ maxUs: WRITE_US, sumUs: CLIENTS * WRITE_US });
});

it('gives the messages of one write one time', () => {
  const { clock, recorder, sender } = createTick();
  for (const client of [7, 7, 9, 7]) sender.send(client, client, 0, 0, clock.nowUs(), true);
  sender.flush();
  // Three of client 7, and then one of client 9.
  expect(recorder.finish(clock.nowUs()).histograms.lateness).toMatchObject({ count: 4, sumUs: WRITE_US });
});

it('tells what the target made unsendable from what the generator skipped, by who ended or held up the connection', () => {
  const { clock, recorder, sender, seats } = createTick();
  const [refused, own, closing, full] = [0, 1, 2, 3].map((number) => seats.get(number)!.client);
  // Refused or closed by the target; left by the plan, or never tried; closed a moment ago; open, and it takes no more.
  Object.assign(refused!, { connection: null, isTurnedAway: true });
  Object.assign(own!, { connection: null, isTurnedAway: false });
  Object.assign(closing!.connection!, { isOpen: false });
  Object.assign(full!.connection!, { bufferedBytes: 4 * 1024 * 1024 });
  const sent = [0, 1, 2, 3, 4].map((client) => sender.send(client, client, 0, 0, clock.nowUs(), true));
  sender.flush();
  expect(sent.map((sequence) => sequence === null)).toEqual([true, true, true, true, false]);
  const { ledger } = recorder.finish(clock.nowUs());
  expect(ledger).toMatchObject({ planned: 5, sent: 1, unsendable: 2, skipped: 2 });
});
