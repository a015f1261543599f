import { OPERATOR, signToken } from '../cluster/wire/user-token.ts';

/** The address of figures with the token of somebody who may read them; as it is where nobody needs one. */
export function asOperator(stats: string, tokenKey: string | null): string {
  return tokenKey === null ? stats : `${stats}?token=${signToken(tokenKey, OPERATOR, OPERATOR)}`;
}
