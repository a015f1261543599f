import type { IncomingMessage } from 'node:http';
import { jwtVerify } from 'jose';
import { isName } from '../wire/names.ts';
import { OPERATOR, TOKEN_AUDIENCE } from '../wire/user-token.ts';

/** Who a token was signed for. */
export interface Bearer {
  readonly user: string;
  /** May notify everyone, and read figures. */
  readonly isOperator: boolean;
}

/** Yields whose token a request bears; null where it bears none that holds. */
export type CheckToken = (request: IncomingMessage) => Promise<Bearer | null>;

/** The clocks of two machines differ, s. */
const CLOCK_TOLERANCE_S = 30;

/**
 * A token is borne as `Authorization: Bearer TOKEN`, or as `?token=TOKEN`: a browser can give a WebSocket no header.
 *
 * @param key the HMAC key of all tokens, as `signToken` has it
 */
export function createTokenCheck(key: string): CheckToken {
  const secret = new TextEncoder().encode(key);
  const options = {
    // Named, or a token could choose how it is checked.
    algorithms: ['HS256'],
    audience: TOKEN_AUDIENCE,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_TOLERANCE_S,
  };
  return async (request) => {
    const token = readToken(request);
    if (token === null) return null;
    try {
      const { payload } = await jwtVerify(token, secret, options);
      return isName(payload.sub) ? { user: payload.sub, isOperator: payload.scope === OPERATOR } : null;
    } catch {
      return null;
    }
  };
}

function readToken({ headers, url = '' }: IncomingMessage): string | null {
  const borne = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (borne !== undefined) return borne;
  const at = url.indexOf('?');
  return at < 0 ? null : new URLSearchParams(url.slice(at)).get('token');
}
