import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { buildSchemas, SCHEMA_DIRECTORY } from './build-schemas.ts';

it('the published schemas are those of the code: `npm run schemas` writes them', () => {
  const schemas = buildSchemas();
  expect(readdirSync(SCHEMA_DIRECTORY).sort()).toEqual([...schemas.keys()].sort());
  const published = (file: string) => JSON.parse(readFileSync(new URL(file, SCHEMA_DIRECTORY), 'utf8'));
  for (const [file, text] of schemas) expect(published(file)).toEqual(JSON.parse(text));
});

it('each says which version it describes', () => {
  for (const [file, text] of buildSchemas()) {
    const schema = JSON.parse(text) as { properties: { schema: { const: string } } };
    expect(schema.properties.schema.const).toBe(`chatbench.${file.replace('.schema.json', '')}/1`);
  }
});
