import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { runChatbench } from './run-chatbench.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/presets.md', import.meta.url));

export interface PresetLoad {
  /** Messages/s for five seconds. */
  readonly rate?: number;
  readonly clients?: number;
  /** What is said in another way than in the document. */
  readonly change?: (description: string) => string;
  /** Beside the description, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

const SECONDS = 5;

/** Twenty users, each in three of eight rooms. */
export const IN_SEVERAL_ROOMS: PresetLoad = {
  files: {
    'people.csv': [
      'name,rooms',
      ...Array.from({ length: 20 }, (_, n) => `user${n},${[0, 1, 3].map((step) => `room${(n + step) % 8}`).join(' ')}`),
    ].join('\n'),
  },
  change: (text) => `${text}users: people.csv\n`,
};

/**
 * Probes a server by the description that docs/presets.md shows for a preset, sends it a burst, and expects that every message came to each of its
 * recipients once. How late they are on a busy machine is not the question.
 *
 * @returns the summary
 */
export async function measurePreset(name: string, target: string, load: PresetLoad = {}) {
  const { rate = 300, clients = 20, change = (text) => text, files = {}, flags = [] } = load;
  const directory = await mkdtemp(join(tmpdir(), 'preset-'));
  try {
    const protocol = join(directory, `${name}.yaml`);
    await writeFile(protocol, change(await readDescription(name)));
    for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text);
    const [first = target] = target.split(',');
    const begun = await runChatbench(['init', first, '--out', join(directory, 'begun'), '--timeout', '10s'], directory);
    expect(begun.stderr).toContain(`it speaks ${name}\n`);
    const probed = await runChatbench(['probe', first, '--protocol', protocol, '--timeout', '30s'], directory);
    expect(probed.stdout, probed.stdout + probed.stderr).toContain('✓ works: both users joined');
    const pace = ['--rate', String(rate), '--duration', `${SECONDS}s`, '--warmup', '0s', '--drain', '60s'];
    const args = ['run', 'burst', '--target', target, '--protocol', protocol, '--clients', String(clients), ...pace];
    const { stdout, stderr } = await runChatbench(
      [...args, ...flags, '--out', join(directory, 'out'), '--json'],
      directory,
    );
    const summary = stdout === '' ? null : JSON.parse(stdout);
    const messages = rate * SECONDS;
    expect(summary?.messages, stderr).toMatchObject({ planned: messages, sent: messages });
    const { deliveries } = summary;
    expect(deliveries.expected).toBeGreaterThanOrEqual(messages);
    expect(deliveries).toMatchObject({
      once: deliveries.expected,
      lost: 0,
      duplicated: 0,
      misrouted: 0,
    });
    return summary;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The block of the document that is a file of the preset's name. */
async function readDescription(name: string): Promise<string> {
  const blocks = (await readFile(DOCUMENT, 'utf8')).matchAll(/^```yaml (\S+)\.yaml\n(.*?)^```$/gms);
  for (const [, file, text] of blocks) if (file === name) return text!;
  throw new Error(`docs/presets.md has no ${name}.yaml`);
}
