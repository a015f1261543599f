import { fillIn, variableOf } from '../../placeholders.ts';
import type { FrameText, TemplateSpec } from '../../scenario/protocol-spec.ts';
import type { ClientIdentity } from '../chat-protocol.ts';

export type Variables = Readonly<Record<string, string | undefined>>;
export type Values = (name: string) => string;

/** What placeholders stand for at one client. @throws Error where a variable is not set */
export function valuesOf(
  spec: Pick<TemplateSpec, 'rooms' | 'users'>,
  client: ClientIdentity,
  variables: Variables,
): Values {
  const values: Readonly<Record<string, string>> = {
    room: nameOf(spec.rooms, client.room),
    user: nameOf(spec.users, client.client),
    endpoint: client.endpoint.replace(/\/+$/, ''),
    host: new URL(client.endpoint).host,
  };
  return (name) => {
    const variable = variableOf(name);
    const value = variable === null ? values[name] : variables[variable];
    if (value === undefined)
      throw new Error(`${variable === null ? `{${name}}` : `environment variable ${variable}`}: not set`);
    return value;
  };
}

/** In an address, names and variables are encoded; the endpoint and its host are parts of one already. */
export function fillAddress(text: string, values: Values): string {
  return fillIn(text, (name) =>
    name === 'endpoint' || name === 'host' ? values(name) : encodeURIComponent(values(name)),
  );
}

export function fillHeaders(headers: Readonly<Record<string, string>>, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, fillIn(text, values)]));
}

/** Names need no escaping anywhere; the value of a variable does where it stands in a JSON string. */
export function fillFrame({ text, encoding }: FrameText, values: Values): string {
  return fillIn(text, escapeFor(encoding, values));
}

export function escapeFor(encoding: FrameText['encoding'], values: Values): Values {
  if (encoding === 'text') return values;
  return (name) => (variableOf(name) === null ? values(name) : JSON.stringify(values(name)).slice(1, -1));
}

function nameOf(template: string, number: number): string {
  return fillIn(template, () => String(number));
}
