import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { RunLister } from './list-runs.ts';

export interface RunFollowers {
  count(): number;
  /** Tells the list at once, and again whenever it has changed, until the client leaves. */
  add(response: ServerResponse, headers: OutgoingHttpHeaders): Promise<void>;
  close(): void;
}

const LOOK_INTERVAL_MS = 1_000;

/**
 * Server-sent events of the list. Looks only while somebody follows, and again only when the last look has ended: a slow disk must
 * not be asked ever more at once.
 */
export function followRuns(lister: RunLister, intervalMs = LOOK_INTERVAL_MS): RunFollowers {
  const responses = new Set<ServerResponse>();
  let told = '';
  let timer: NodeJS.Timeout | null = null;
  const tell = (response: ServerResponse, list: string) => {
    if (!response.writableEnded && !response.destroyed) response.write(`data: ${list}\n\n`);
  };
  const look = async () => {
    const list = JSON.stringify(await lister.list());
    if (list === told) return;
    told = list;
    for (const response of responses) tell(response, list);
  };
  const lookLater = () => {
    timer = setTimeout(() => {
      // What cannot be read now may be readable the next time.
      void look()
        .catch(() => {})
        .then(() => (responses.size > 0 ? lookLater() : endLooks()));
    }, intervalMs);
  };
  const endLooks = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return {
    count: () => responses.size,
    async add(response, headers) {
      // Both before anything is awaited: who leaves meanwhile would be kept for ever.
      responses.add(response);
      response.on('close', () => responses.delete(response));
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
      tell(response, JSON.stringify(await lister.list()));
      if (timer === null && responses.size > 0) lookLater();
    },
    close() {
      endLooks();
      for (const response of responses) response.end();
      responses.clear();
    },
  };
}
