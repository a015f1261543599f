import type { TemplateSpec } from './protocol-spec.ts';

/** What a description has that does not say otherwise: users by number, nobody logs in. */
export const PLAIN = {
  usersFile: null,
  login: null,
} as const satisfies Partial<TemplateSpec>;
