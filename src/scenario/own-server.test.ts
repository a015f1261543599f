import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listScenarioNames } from './load-scenario.ts';
import { parseScenario } from './parse-scenario.ts';
import { protocolBlock } from './protocol-block.ts';

const ROOT = new URL('../../', import.meta.url);
const SCENARIOS = listScenarioNames();

/** Whether a server at an address, described like this, can be asked a ready-made scenario. */
function isAccepted(name: string, description: object): boolean {
  const file = new URL(`scenarios/${name}.yaml`, ROOT);
  const value = protocolBlock.parse({ send: '{body}', ...description });
  const protocol = { flag: '--protocol my.yaml', parsed: { ok: true, value }, problems: [] } as const;
  const overrides = { target: 'ws://127.0.0.1:8080/' };
  try {
    parseScenario(readFileSync(file, 'utf8'), { file: name, checkThreshold: () => null, overrides, protocol });
    return true;
  } catch {
    return false;
  }
}

it('docs/your-server.md lists each ready-made scenario among those that a server of your own can be asked, or those that it cannot', () => {
  const document = readFileSync(new URL('docs/your-server.md', ROOT), 'utf8');
  const section = /^## Which scenarios it can be asked\n(.*?)^## /ms.exec(document)![1]!;
  const [can = '', cannot = ''] = section.split(/\n\n(?=`failover`)/);
  const namedIn = (text: string) => SCENARIOS.filter((name) => text.includes(`\`${name}\``));
  expect([...namedIn(can), ...namedIn(cannot)].sort()).toEqual(SCENARIOS.toSorted());
  expect(namedIn(can)).toEqual(SCENARIOS.filter((name) => isAccepted(name, { 'sender-receives': true })));
  expect(isAccepted('echo', {})).toBe(false);
});
