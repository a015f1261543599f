import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const STREAMS = 5_000;
const MAX_BYTES_EACH = 25_000;

it('5,000 streams are held in one process, each in at most 25 KB, and each gets its event', async () => {
  const server = fork(fileURLToPath(new URL('../../testing/event-stream-process.ts', import.meta.url)));
  const client = fork(fileURLToPath(new URL('../../testing/hold-streams-process.ts', import.meta.url)), {
    execArgv: ['--expose-gc'],
  });
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    client.send({ url: `http://127.0.0.1:${port}/`, streams: STREAMS });
    const [{ opened, bytesEach }] = (await once(client, 'message')) as [{ opened: number; bytesEach: number }];
    expect(opened).toBe(STREAMS);
    expect(bytesEach).toBeLessThanOrEqual(MAX_BYTES_EACH);
    server.send('tell all');
    const [{ received }] = (await once(client, 'message')) as [{ received: number }];
    expect(received).toBe(STREAMS);
  } finally {
    server.kill('SIGKILL');
    client.kill('SIGKILL');
  }
});
