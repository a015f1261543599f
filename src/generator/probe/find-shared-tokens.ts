import type { Opening } from '../../protocol/chat-protocol.ts';
import { isSecretName, listSecretSubprotocols } from '../../redact.ts';

/** Where in both users' openings the same token stands, in words; empty: nowhere. A server may let only one of two in who share one. */
export function findSharedTokens(one: Opening, other: Opening): readonly string[] {
  const others = new Map(listTokens(other));
  return listTokens(one).flatMap(([place, value]) => (others.get(place) === value ? [place] : []));
}

function listTokens(opening: Opening): readonly (readonly [place: string, value: string])[] {
  const { searchParams, username, password } = new URL(opening.url);
  const headers = Object.entries(opening.headers)
    .filter(([name]) => isSecretName(name) || /^cookie$/i.test(name))
    .map(([name, value]) => [`header ${name}`, value] as const);
  const parameters = [...searchParams]
    .filter(([name]) => isSecretName(name))
    .map(([name, value]) => [`parameter ${name}`, value] as const);
  const subprotocols = listSecretSubprotocols(opening.subprotocols).map((value) => ['subprotocol', value] as const);
  const user = username === '' ? [] : [['address', `${username}:${password}`] as const];
  const { mqtt } = opening;
  const broker = mqtt === undefined ? [] : [['client-id', mqtt.clientId] as const];
  const frames = [opening, ...(opening.furtherSteps ?? [])].flatMap((step) => tokensOf(step.frames));
  return [...headers, ...parameters, ...subprotocols, ...user, ...broker, ...frames];
}

/** Members of what is sent as JSON, with a telling name. */
function tokensOf(frames: readonly (string | Uint8Array)[]): readonly (readonly [place: string, value: string])[] {
  return frames.flatMap((frame) =>
    typeof frame !== 'string'
      ? []
      : [...frame.matchAll(/"(\w+)"\s*:\s*"((?:[^"\\]|\\.)+)"/g)]
          .filter(([, name]) => isSecretName(name!))
          .map(([, name, value]) => [`${name} of a frame`, value!] as const),
  );
}
