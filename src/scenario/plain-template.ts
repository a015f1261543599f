import type { TemplateSpec } from './protocol-spec.ts';

/** What a description has that does not say otherwise: text frames over a WebSocket, users by number, nobody logs in. */
export const PLAIN = {
  transport: 'websocket',
  frames: 'text',
  encoding: 'text',
  compression: false,
  poll: null,
  mqtt: null,
  usersFile: null,
  login: null,
} as const satisfies Partial<TemplateSpec>;
