import { z } from 'zod';
import { describeValue, mapping, readBy } from './file-schemas.ts';
import { names } from './protocol-schemas.ts';
import type { TemplateSpec, UsersFileSpec } from './protocol-spec.ts';

/** Names of users have `{n}` in them; all else is the name of a file. */
export function isUsersFile(users: unknown): boolean {
  return users !== undefined && !(typeof users === 'string' && users.includes('{'));
}

const usersKeys = {
  file: z
    .string({ error: ({ input }) => `expected the name of a file, got ${describeValue(input)}` })
    .min(1, 'expected the name of a file'),
  'when-short': z
    .enum(['error', 'cycle'], { error: ({ input }) => `expected error or cycle, got ${describeValue(input)}` })
    .optional(),
  shown: z
    .array(z.string(), { error: ({ input }) => `expected a list of columns, got ${describeValue(input)}` })
    .optional(),
};
export const USERS_KEYS = Object.keys(usersKeys);

/** A file of users; its path is as it was written. */
const usersFile = z
  .preprocess(
    (value) => (typeof value === 'string' ? { file: value } : value),
    mapping(usersKeys, "a name such as 'u{n}', a file such as users.csv, or { file: users.csv, when-short: cycle }"),
  )
  .transform(({ file, 'when-short': whenShort = 'error', shown = [] }) => ({ file, whenShort, shown }));

/** `users:`, a name or a file. */
export const users = z
  .unknown()
  .transform((value, context): string | UsersFileSpec =>
    readBy<string | UsersFileSpec>(isUsersFile(value) ? usersFile : names, value, context),
  );

export function settleUsers(given: string | UsersFileSpec | undefined): Pick<TemplateSpec, 'users' | 'usersFile'> {
  return typeof given === 'object' ? { users: 'u{n}', usersFile: given } : { users: given ?? 'u{n}', usersFile: null };
}
