import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readHostAndPort } from '../../host-rules.ts';
import type { Refusal } from '../connection.ts';
import type { HostGuard } from '../hosts/host-guard.ts';
import { serverNameOf } from '../hosts/open-tunnel.ts';
import { explainFailure } from '../socket/describe-end.ts';
import type { ByteLink } from './byte-link.ts';

export interface LinkListener {
  /** The bytes are the listener's. */
  onBytes(bytes: Buffer): void;
  /** The other side has ended the connection, or it broke. Not called where it never was open. */
  onEnd(error: Error | null): void;
}

/** A socket to an mqtt:// or mqtts:// address; a refusal where there is none within `timeoutMs`. */
export function openTcpLink(
  url: string,
  sourceAddress: string | null,
  hosts: HostGuard,
  timeoutMs: number,
  listener: LinkListener,
): Promise<ByteLink | Refusal> {
  const parsed = new URL(url);
  const { host, port } = readHostAndPort(parsed);
  const refusal = hosts.refuse(host);
  if (refusal !== null) return Promise.resolve({ outcome: 'refused', detail: refusal, isOwn: true });
  const isSecure = parsed.protocol === 'mqtts:';
  const source = sourceAddress === null ? {} : { localAddress: sourceAddress };
  const target = { host, port, noDelay: true, lookup: hosts.lookup, ...source };
  return new Promise((settle) => {
    const socket = isSecure ? connectTls({ ...target, ...serverNameOf(host), ...hosts.secure() }) : connectTcp(target);
    let failure: Error | null = null;
    let isUp = false;
    const timer = setTimeout(() => {
      settle({ outcome: 'timeout', detail: 'no connection' });
      socket.destroy();
    }, timeoutMs);
    socket.on(isSecure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      isUp = true;
      settle(linkOver(socket));
    });
    socket.on('data', (bytes: Buffer) => listener.onBytes(bytes));
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => {
      clearTimeout(timer);
      if (isUp) listener.onEnd(failure);
      else settle(explainFailure(failure));
    });
  });
}

function linkOver(socket: Socket): ByteLink {
  return {
    get isOpen() {
      return socket.writable;
    },
    get bufferedBytes() {
      return socket.writableLength;
    },
    write: (bytes) => void socket.write(bytes),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => void socket.end(),
  };
}
