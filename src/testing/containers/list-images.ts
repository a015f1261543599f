import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const FILE = fileURLToPath(new URL('../../../docker-compose.target.yml', import.meta.url));
const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({ image: z.string(), build: z.object({ dockerfile_inline: z.string() }).optional() }),
  ),
});

/** The images, by name and tag, that these services of docker-compose.target.yml are fetched from or built on. */
export function listImages(names: readonly string[]): string[] {
  const { services } = composeFile.parse(parse(readFileSync(FILE, 'utf8'), { merge: true }));
  const images = names.map((name) => {
    const { image, build } = services[name]!;
    return build === undefined ? image : (/^FROM (\S+)$/m.exec(build.dockerfile_inline)?.[1] ?? '');
  });
  return [...new Set(images)];
}
