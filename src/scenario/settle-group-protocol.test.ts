import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redactScenario } from '../result/redact-scenario.ts';
import { parseScenario } from './parse-scenario.ts';
import type { TemplateSpec } from './protocol-spec.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'group-protocol-'));
  writeFileSync(join(directory, 'mobile.yaml'), "frames: binary\nurl: '{endpoint}/m'\nsend: '{room} {body}'\n");
  writeFileSync(join(directory, 'people.yaml'), "users: people.csv\nsend: '{room} {body}'\n");
  writeFileSync(join(directory, 'secret.yaml'), "send: '{body}'\nheaders: { Authorization: 'Bearer t0k3n-canary' }\n");
  writeFileSync(join(directory, 'broken.yaml'), "send: '{body}'\nfraems: binary\n");
  writeFileSync(join(directory, 'variable.yaml'), `send: '{body} \${env:NOT_SET_ANYWHERE}'\n`);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function parse(protocol: string, more = '') {
  const text = `name: ways\nquestion: Is it?\nclients: 20\nrate: 10/s
groups:
  - { name: browsers, share: 80% }
  - { name: movers, share: 20%, protocol: ${protocol} }
${more}`;
  return parseScenario(text, { file: join(directory, 'ways.yaml'), checkThreshold: () => null, environment: {} });
}

function problemOf(protocol: string, more = ''): string {
  try {
    parse(protocol, more);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('the protocol of a group', () => {
  it('is a file beside the scenario, a known protocol, or a description below it', () => {
    expect(parse('mobile.yaml').groups![1]!.protocol).toMatchObject({ kind: 'template', frames: 'binary' });
    expect(parse('stomp').groups![1]!.protocol).toMatchObject({ name: 'stomp' });
    const below = "{ transport: sse, send: { http: { url: 'http://{host}/send', body: '{body}' } } }";
    expect(parse(below).groups![1]!.protocol).toMatchObject({ transport: 'sse' });
    expect(parse('mobile.yaml').groups![0]).not.toHaveProperty('protocol');
  });

  it.each([
    ['none.yaml', '', 'ways.yaml:7:43: groups[1].protocol: no such file: "none.yaml"'],
    ['broken.yaml', '', 'broken.yaml:2:1: unknown key "fraems", did you mean "frames"?'],
    ['variable.yaml', '', 'environment variable NOT_SET_ANYWHERE: expected it to be set'],
    ['echo', '', 'groups[1].protocol: expected a description'],
    ['./mine.ts', '', 'groups[1].protocol: expected a description'],
    ['stopm', '', 'did you mean "stomp"?'],
    ['mobile.yaml', 'traffic: { typing: 5/s }\n', 'expected no traffic beside it'],
    ['people.yaml', '', 'expected the same file of users as in the protocol of the scenario'],
    ['django-channels', 'rooms-per-client: 2\n', 'do not name the {room}'],
  ])('%s is refused, where and why: %s', (protocol, more, text) => {
    expect(problemOf(protocol, more)).toContain(text);
  });

  it('may have the file of users that all have', () => {
    const { groups } = parse('people.yaml', "protocol: { users: people.csv, send: '{body}' }\n");
    expect((groups![1]!.protocol as TemplateSpec).usersFile?.file).toBe(join(directory, 'people.csv'));
  });

  it('has its secrets kept out of the result', () => {
    const redacted = redactScenario(parse('secret.yaml'));
    expect(JSON.stringify(redacted)).not.toContain('canary');
  });
});
