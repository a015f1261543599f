import { createHostGuard } from '../generator/hosts/host-guard.ts';
import { createEventStreamConnector } from '../generator/streams/event-stream-connector.ts';
import { PRIVATE_ONLY } from '../host-rules.ts';

/** Opens as many streams as the parent says, tells what each takes, and how many events came once all have one. */

process.once('message', (message: { readonly url: string; readonly streams: number }) => void hold(message));

async function hold({ url, streams }: { readonly url: string; readonly streams: number }): Promise<void> {
  const connector = createEventStreamConnector(null, createHostGuard(PRIVATE_ONLY));
  let received = 0;
  const listener = {
    onFrame() {
      if (++received === streams) process.send?.({ received });
    },
    onClose() {},
  };
  const opening = { url, subprotocols: [], headers: {}, frames: [], readyFrames: 0 };
  const open = async (count: number) => {
    let opened = 0;
    let left = count;
    const worker = async () => {
      while (left-- > 0) if ((await connector.connect(opening, 60_000_000, listener)).outcome === 'ok') opened++;
    };
    await Promise.all(Array.from({ length: 50 }, worker));
    return opened;
  };
  // What the first ones bring with them is there once: code, compiled and not, and room to grow.
  const first = await open(streams / 10);
  const before = residentBytes();
  const others = await open(streams - first);
  process.send?.({ opened: first + others, bytesEach: (residentBytes() - before) / others });
}

/** Of the whole process, what sockets and parsers hold outside the heap included; garbage is collected before. */
function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
