import { readFileSync } from 'node:fs';
import type { DetectedWire } from '../../generator/detect/detect-wire.ts';
import { listWireSigns } from '../../generator/detect/wire-signs.ts';

/** The same distance from src/cli/init and from dist/cli/init. */
const PRESETS_PAGE = new URL('../../../docs/presets.md', import.meta.url);

/** A commented scenario, and how to speak to its server. */
export interface Starter {
  readonly scenario: string;
  readonly protocol: string;
}

/** @param target the address without what the description says itself; @param wire null: nothing is known of the server */
export function writeStarter(target: string, wire: DetectedWire | null): Starter {
  return { scenario: scenarioFor(target), protocol: wire === null ? PLAIN : protocolFor(wire) };
}

function scenarioFor(target: string): string {
  return `# A first load on your own server. Run it with
#   npx chatbench run scenario.yaml --protocol protocol.yaml
# Every key is in docs/scenarios.md.
name: first
question: Does the chat deliver 50 messages a second to everybody, in time and once?
target: ${JSON.stringify(target)}
clients: 50 # connections
rooms: { size: 5 } # members of a room
# rooms-per-client: 3 # each client is in so many, over one connection
rate: 50/s # messages of all clients together
payload: 100 # bytes
warmup: 3s # left out of the figures
duration: 20s
thresholds: # exit code 4 where one of them does not hold
  - 'lost == 0'
  - 'duplicated == 0'
  - 'delivery.p95 < 250ms'
`;
}

const HEAD = `# How to speak to your server: docs/your-server.md leads through it. Look at it with
#   npx chatbench probe URL --protocol protocol.yaml
`;

function protocolFor({ preset, path }: DetectedWire): string {
  if (preset === 'plain') return PLAIN.replace("'{endpoint}'", `'{endpoint}${path ?? ''}'`);
  if (preset === 'sse') return SSE.replace('/events?room={room}&user={user}', path ?? '/');
  const sign = listWireSigns('').find((one) => one.preset === preset);
  const address = path === null ? null : (sign?.addressAt(path) ?? path);
  const found = `# The server speaks ${preset}${path === null ? '' : ` at ${path}`}. What can be said of it is in docs/presets.md.\n`;
  return `${HEAD}${found}${exampleOf(preset)}${address === null ? '' : `url: '{endpoint}${address}'\n`}`;
}

/** What the page of presets shows, without what needs a file or names one server. */
function exampleOf(preset: string): string {
  const page = readFileSync(PRESETS_PAGE, 'utf8');
  const block = [...page.matchAll(/^```yaml (\S+)\.yaml\n(.*?)^```$/gms)].find(([, name]) => name === preset);
  const text = block?.[2] ?? `use: ${preset}\n`;
  return text.replace(/^(?:users|password|path|namespace):.*\n/gm, '');
}

const PLAIN = `${HEAD}url: '{endpoint}' # where a client connects; {room} and {user} may stand in it
# open: # what it sends, and waits for, to become a member of its room
#   - send: { type: join, room: '{room}', user: '{user}' }
#   - await: joined # a frame that contains this text
send: { room: '{room}', text: '{body}' } # a message; {body} is its text, which recipients find it by
# ack: '"ok"' # how an acknowledgement is told, which has to hold the {id} or {body} of its message
# error: '"error"' # how a refusal is told
sender-receives: false # whether a server sends a message to its sender, too
`;

const SSE = `${HEAD}transport: sse
url: '{endpoint}/events?room={room}&user={user}' # the stream of one client
send: # a message goes by HTTP
  http: { url: 'http://{host}/send', body: { room: '{room}', user: '{user}', text: '{body}' } }
`;
