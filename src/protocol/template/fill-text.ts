import { randomUUID } from 'node:crypto';
import { fillIn, variableOf, type Write } from '../../placeholders.ts';
import { rememberUserSecret } from '../../redact.ts';
import type { FrameText, TemplateSpec } from '../../scenario/protocol-spec.ts';
import type { ClientIdentity } from '../chat-protocol.ts';

export type Variables = Readonly<Record<string, string | undefined>>;
export type Values = (name: string) => string;

/**
 * What placeholders stand for at one client, by now: looked up when a text is filled in. What nobody knows yet, such as the token
 * of a client that has not logged in, is empty.
 *
 * @throws Error where a variable is not set
 */
export function valuesOf(
  spec: Pick<TemplateSpec, 'rooms' | 'users'>,
  client: ClientIdentity,
  variables: Variables,
): Values {
  const { session } = client;
  const own: Readonly<Record<string, () => string>> = {
    room: () => session?.nameOfRoom?.(client.room) ?? session?.value('room') ?? nameOf(spec.rooms, client.room),
    user: () => session?.value('user') ?? nameOf(spec.users, client.client),
    endpoint: () => client.endpoint.replace(/\/+$/, ''),
    host: () => new URL(client.endpoint).host,
    uuid: randomUUID,
    now: () => String(Date.now()),
  };
  return (name) => {
    const variable = variableOf(name);
    if (variable === null) return own[name]?.() ?? session?.value(name) ?? '';
    const value = variables[variable];
    if (value === undefined) throw new Error(`environment variable ${variable}: not set`);
    return value;
  };
}

/** In an address, names and variables are encoded; the endpoint and its host are parts of one already. */
export function fillAddress(text: string, values: Values): string {
  return fillIn(text, values, (value, piece) =>
    'name' in piece && (piece.name === 'endpoint' || piece.name === 'host')
      ? value
      : encodeURIComponent(keepSecret(value, piece)),
  );
}

export function fillHeaders(headers: Readonly<Record<string, string>>, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, fillIn(text, values, keepSecret)]));
}

export function fillFrame({ text, encoding }: FrameText, values: Values): string {
  return fillIn(text, values, (value, piece) => writeAs(encoding, keepSecret(value, piece)));
}

/** A value as it stands in a text of that encoding. */
export function writeAs(encoding: FrameText['encoding'], value: string): string {
  if (encoding === 'text') return value;
  if (encoding === 'xml') return value.replace(/[&<>"']/g, (character) => XML_ENTITIES[character]!);
  return encoding === 'form' ? encodeURIComponent(value) : JSON.stringify(value).slice(1, -1);
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** In base64 nobody would recognise the secrets that are in it. */
export const keepSecret: Write = (value, piece) => {
  if ('call' in piece && piece.call !== 'json') rememberUserSecret(value);
  return value;
};

function nameOf(template: string, number: number): string {
  return fillIn(template, () => String(number));
}
