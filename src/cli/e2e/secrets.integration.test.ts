import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChatScript, type ChatServer, startChatServer } from '../../testing/chat-server.ts';
import { runChatbench, startChatbench } from '../../testing/run-chatbench.ts';

const SECRETS = {
  variable: 'v4r14ble/+"s3cret',
  password: 'Tr0ub4dor99',
  parameter: 'p4rameterS3cret',
  header: 'h34derS3cret',
  frame: 'fr4meS3cret',
  subprotocol: 'subpr0t0colS3cret',
  subprotocolVariable: 'v4r14ble.subpr0t0col',
};

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  process.env.SECRETS_TEST_TOKEN = SECRETS.variable;
  process.env.SECRETS_TEST_SUBPROTOCOL = SECRETS.subprotocolVariable;
});

afterAll(async () => {
  delete process.env.SECRETS_TEST_TOKEN;
  delete process.env.SECRETS_TEST_SUBPROTOCOL;
  await rm(directory, { recursive: true, force: true });
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
const DESCRIPTION = `
url: '{endpoint}/{room}/{user}?access_token=${SECRETS.parameter}&t=\${env:SECRETS_TEST_TOKEN}'
headers: { Authorization: 'Bearer ${SECRETS.header}', X-Env: '\${env:SECRETS_TEST_TOKEN}' }
subprotocols: [chat.v1, ${SECRETS.subprotocol}, '\${env:SECRETS_TEST_SUBPROTOCOL}']
open:
  - send: { type: auth, password: ${SECRETS.frame}, token: '\${env:SECRETS_TEST_TOKEN}' }
  - await: welcome
error: refused
send:
  http:
    url: 'http://{host}/send/{room}?key=${SECRETS.parameter}'
    headers: { Authorization: 'Bearer \${env:SECRETS_TEST_TOKEN}' }
    body: { text: '{body}' }
sender-receives: true
`;
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description

async function withServer<T>(script: ChatScript, use: (server: ChatServer, target: string) => Promise<T>): Promise<T> {
  const server = await startChatServer(script);
  try {
    return await use(server, `ws://joe:${SECRETS.password}@${server.host}`);
  } finally {
    await server.stop();
  }
}

function run(target: string, ...flags: string[]) {
  const load = ['--clients', '4', '--rate', '50', '--duration', '1s', '--warmup', '0s'];
  const where = ['--target', target, '--protocol', join(directory, 'chat.yaml'), '--out', join(directory, 'reports')];
  return runChatbench(['run', 'burst', ...where, ...load, ...flags], directory);
}

/** Takes whatever metrics are pushed to it. */
async function startCollector() {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    bodies.push(body);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function expectNoSecret(text: string, where: string): void {
  for (const [name, secret] of Object.entries(SECRETS)) {
    const json = JSON.stringify(secret).slice(1, -1);
    for (const form of [secret, encodeURIComponent(secret), json, json.replaceAll('/', '\\/')]) {
      expect(text.includes(form), `${name} in ${where}`).toBe(false);
    }
  }
}

describe('a run with secrets in address, headers, frames and environment', () => {
  it('uses them, measures what is sent by HTTP, and writes and prints none of them', async () => {
    await writeFile(join(directory, 'chat.yaml'), DESCRIPTION);
    const tokens = new Set<string | undefined>();
    const script: ChatScript = {
      hear: ({ send }) => send(`welcome, bearer of ${SECRETS.variable}`),
      request(request, body, tellRoom, response) {
        tokens.add(request.headers.authorization);
        tellRoom(new URL(request.url!, 'http://a').pathname.split('/').at(-1)!, body);
        response.end();
      },
    };
    await withServer(script, async ({ requests }, target) => {
      const formats = ['--format', 'html,md,junit,csv,hlog,github,benchmark,json'];
      const { stdout, stderr } = await run(target, '--json', ...formats);
      const summary = JSON.parse(stdout);
      expect(summary.messages).toMatchObject({ planned: 50, sent: 50, acked: 50, rejected: 0 });
      expect(summary.deliveries).toMatchObject({ expected: 100, once: 100, lost: 0 });
      expect(summary.latencyMs.ack.count).toBe(50);
      expect(requests[0]?.headers.authorization).toBe(`Bearer ${SECRETS.header}`);
      expect(requests[0]?.headers['sec-websocket-protocol']?.split(/, ?/)).toEqual([
        'chat.v1',
        SECRETS.subprotocol,
        SECRETS.subprotocolVariable,
      ]);
      expect(requests[0]?.url).toContain(encodeURIComponent(SECRETS.variable));
      expect([...tokens]).toEqual([`Bearer ${SECRETS.variable}`]);
      expectNoSecret(stdout, 'stdout');
      expectNoSecret(stderr, 'stderr');
      const reports = join(directory, 'reports', 'latest');
      const files = await readdir(reports);
      expect(files).toContain('report.html');
      for (const file of files) expectNoSecret(await readFile(join(reports, file), 'utf8'), file);
      const result = await readFile(join(reports, 'result.json'), 'utf8');
      expect(result).toContain('env:SECRETS_TEST_TOKEN');
      expect(JSON.parse(result).scenario.protocol.subprotocols).toEqual([
        'chat.v1',
        '***',
        `\${env:SECRETS_TEST_SUBPROTOCOL}`,
      ]);
    });
  });

  it('tells neither those who scrape its metrics nor a collector', async () => {
    await writeFile(join(directory, 'chat.yaml'), DESCRIPTION);
    const collector = await startCollector();
    await withServer({ hear: ({ send }) => send('welcome') }, async ({ host }, target) => {
      const where = ['--target', target, '--protocol', join(directory, 'chat.yaml'), '--out', join(directory, 'live')];
      const exports = ['--prometheus', '127.0.0.1:0', '--otlp', collector.url];
      const load = ['--clients', '4', '--rate', '50', '--duration', '10m', '--warmup', '0s'];
      const command = startChatbench(['run', 'burst', ...where, ...load, ...exports, '--json'], directory);
      await command.sees('metrics are at ');
      const address = /metrics are at (\S+)/.exec(command.stderr())![1]!;
      const label = `endpoint="ws://***@${host}"`;
      const scrape = async () => (await fetch(address)).text();
      await expect.poll(scrape).toContain('chatbench_connections_opened{');
      const metrics = await scrape();
      command.child.kill('SIGINT');
      expect(await command.ended).toBe(130);
      expectNoSecret(metrics, 'what is scraped');
      expect(metrics).toContain(label);
      const pushed = collector.bodies.join('');
      expectNoSecret(pushed, 'what is pushed');
      expect(pushed).toContain(`ws://***@${host}`);
      expectNoSecret(command.stdout() + command.stderr(), 'what is printed');
    });
    await collector.stop();
  });

  it('tells of a refusal without what the server says of the secret', async () => {
    const script: ChatScript = { hear: ({ send }, text) => send(`refused: ${text}`) };
    await withServer(script, async (_server, target) => {
      const { code, stdout, stderr } = await run(target);
      expect(code).toBe(3);
      expect(stderr).toContain('no connection could be opened: protocol: join: refused');
      expectNoSecret(stdout + stderr, 'the error');
      const probed = await runChatbench(
        ['probe', target, '--protocol', join(directory, 'chat.yaml'), '--json'],
        directory,
      );
      expect(probed.code).toBe(5);
      expect(JSON.parse(probed.stdout)).toMatchObject({ schema: 'chatbench.probe/1', status: 'mend', exitCode: 5 });
      expectNoSecret(probed.stdout + probed.stderr, 'the probe');
    });
  });

  it('tells of a refusal without the half of a secret that a cut leaves', async () => {
    await writeFile(join(directory, 'chat.yaml'), DESCRIPTION);
    for (const secret of [SECRETS.variable, SECRETS.password]) {
      const script: ChatScript = { hear: ({ send }) => send(`refused: ${'-'.repeat(184)}${secret}`) };
      await withServer(script, async (_server, target) => {
        const { stderr } = await run(target);
        expect(stderr).toContain('no connection could be opened: protocol: join: refused: ---');
        const probed = await runChatbench(['probe', target, '--protocol', join(directory, 'chat.yaml')], directory);
        expect(probed.stdout).toContain('refused: ---');
        for (const text of [stderr, probed.stdout]) expect(text).not.toContain(secret.slice(0, 4));
      });
    }
  });

  it('compares it with another that is lost, and tells of the loss without them', async () => {
    await writeFile(join(directory, 'chat.yaml'), DESCRIPTION);
    const script: ChatScript = {
      hear: ({ send }) => send('welcome'),
      request(request, body, tellRoom, response) {
        tellRoom(new URL(request.url!, 'http://a').pathname.split('/').at(-1)!, body);
        response.end();
      },
    };
    await withServer(script, (_one, target) =>
      withServer({ hear: ({ send }, text) => send(`refused: ${text}`) }, async ({ host }, other) => {
        const where = ['--target', `${target},${other}`, '--protocol', join(directory, 'chat.yaml')];
        const load = ['--clients', '4', '--rate', '50', '--duration', '1s', '--warmup', '0s'];
        const command = ['matrix', 'burst', ...where, ...load, '--out', join(directory, 'matrix'), '--json'];
        const { code, stdout, stderr } = await runChatbench(command, directory);
        expect(code, stderr).toBe(3);
        const { steps, targetLost } = JSON.parse(stdout);
        expect(steps).toHaveLength(1);
        expect(targetLost.reason).toContain(`ws://***@${host}: no connection could be opened: protocol: join: refused`);
        expectNoSecret(stdout, 'stdout');
        expectNoSecret(stderr, 'stderr');
        const written = await readdir(join(directory, 'matrix'), { recursive: true });
        expectNoSecret(written.join('\n'), 'the names of files');
        expect(written).toContainEqual(expect.stringMatching(`${steps[0].directory}/result.json$`));
      }),
    );
  });

  it('does not begin where a variable is not set', async () => {
    await writeFile(join(directory, 'chat.yaml'), DESCRIPTION.replaceAll('SECRETS_TEST_TOKEN', 'SECRETS_TEST_UNSET'));
    const { code, stderr } = await run('ws://127.0.0.1:1');
    expect(code).toBe(2);
    expect(stderr).toContain('chat.yaml:2:6: environment variable SECRETS_TEST_UNSET: expected it to be set');
  });
});

it('a public host is loaded by no command that was not told to', async () => {
  await writeFile(join(directory, 'plain.yaml'), "send: '{body}'\n");
  const flags = ['--protocol', join(directory, 'plain.yaml')];
  for (const args of [
    ['run', 'burst', '--target', 'ws://192.0.2.1:9/'],
    ['probe', 'ws://192.0.2.1:9/'],
  ]) {
    const { code, stderr } = await runChatbench([...args, ...flags], directory);
    expect(code).toBe(2);
    expect(stderr).toContain('--allow-target 192.0.2.1');
  }
});
