import type { Socket } from 'node:net';
import type WebSocket from 'ws';
import { readWholeFrames } from './read-whole-frames.ts';

/** What ws keeps of a connection, as far as it is needed here; not part of its interface. */
interface Internals {
  readonly _socket: Socket;
  readonly _receiver: { readonly _state: number; readonly _bufferedBytes: number };
}

/** The receiver's state between two frames. */
const BETWEEN_FRAMES = 0;

/**
 * Takes plain frames straight from the socket and leaves everything else to ws: control frames, fragments, frames that are cut
 * by a chunk's end. Half of what receiving costs is saved so. Whatever ws has begun to read it also finishes: as long as its
 * receiver holds part of a frame, chunks go to it unread.
 *
 * To be called while the `open` event is emitted, when nothing has been read yet. Where a future ws has other internals, ws
 * keeps reading everything.
 */
export function takePlainFrames(socket: WebSocket, onFrame: (payload: Buffer) => void): void {
  const { _socket: stream, _receiver: receiver } = socket as unknown as Internals;
  const [listener, ...others] = stream?.listeners('data') ?? [];
  const isKnown = typeof receiver?._state === 'number' && typeof receiver._bufferedBytes === 'number';
  if (!isKnown || listener === undefined || others.length > 0) return;
  stream.removeListener('data', listener as (chunk: Buffer) => void);
  stream.on('data', (chunk: Buffer) => {
    const isOurs = receiver._state === BETWEEN_FRAMES && receiver._bufferedBytes === 0 && socket.readyState === OPEN;
    const at = isOurs ? readWholeFrames(chunk, onFrame) : 0;
    if (at < chunk.length) listener.call(stream, at === 0 ? chunk : chunk.subarray(at));
  });
}

const OPEN = 1;
