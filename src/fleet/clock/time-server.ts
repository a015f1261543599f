import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns';
import type { Clock } from '../../clock.ts';
import type { OffsetInterval } from './clock-line.ts';
import { readAnswer, writeQuestion } from './sntp.ts';

/** A server near this machine that tells the time of day. */
export interface TimeServer {
  /** HOST, or HOST:PORT. */
  readonly name: string;
  /**
   * Begins to ask it.
   *
   * @param onTrouble  told why it says nothing, each reason once in a row
   */
  open(onAnswer: (interval: OffsetInterval) => void, onTrouble: (reason: string) => void): TimeQuestions;
}

export interface TimeQuestions {
  /** Asks once; whoever calls keeps a pace that the server likes. */
  ask(): void;
  close(): void;
}

/** SNTP over UDP (RFC 5905, section 14): one question, one answer, and no clock is set. */
export function createTimeServer(name: string, host: string, port: number, clock: Clock): TimeServer {
  return { name, open: (onAnswer, onTrouble) => openQuestions(name, host, port, clock, onAnswer, onTrouble) };
}

function openQuestions(
  name: string,
  host: string,
  port: number,
  clock: Clock,
  onAnswer: (interval: OffsetInterval) => void,
  onTrouble: (reason: string) => void,
): TimeQuestions {
  let socket: Socket | null = null;
  let isConnected = false;
  let asked: { readonly token: Buffer; readonly atUs: number } | null = null;
  let trouble: string | null = null;
  let isOver = false;
  const close = () => {
    isOver = true;
    socket?.close();
    socket = null;
  };
  const complain = (reason: string) => {
    if (reason !== trouble) onTrouble(`time server ${name} ${reason}`);
    trouble = reason;
    // Whoever is told to go away and asks on is shut out for good.
    if (reason.startsWith('refuses')) close();
  };
  const take = (packet: Buffer) => {
    const arrivedAtUs = clock.nowUs();
    if (asked === null) return;
    const answer = readAnswer(packet, asked.token, asked.atUs, arrivedAtUs);
    if (typeof answer === 'string') return complain(answer);
    asked = null;
    trouble = null;
    onAnswer(answer);
  };
  // Once: looked up with every question, its name would be a part of how long the answer took.
  lookup(host, (error, address, family) => {
    if (error !== null) return complain(`cannot be found: ${error.message}`);
    if (isOver) return;
    socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    socket.on('error', ({ message }) => complain(`cannot be asked: ${message}`));
    socket.on('message', take);
    socket.on('connect', () => {
      isConnected = true;
    });
    socket.unref();
    socket.connect(port, address);
  });
  return {
    ask() {
      if (socket === null || !isConnected) return;
      if (asked !== null) complain('does not answer');
      asked = { token: randomBytes(8), atUs: clock.nowUs() };
      socket.send(writeQuestion(asked.token));
    },
    close,
  };
}
