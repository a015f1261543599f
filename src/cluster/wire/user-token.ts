import { createHmac } from 'node:crypto';

/** What tokens of this cluster are for, so that one that the same key signed for something else is not taken for one of them. */
export const TOKEN_AUDIENCE = 'chatbench';

/** The scope of who may notify everyone and read figures. */
export const OPERATOR = 'operator';

/** How long a token holds, s: longer than any run, for what is sent by HTTP carries the one that it began with. */
const LIFE_S = 7 * 24 * 3600;

/**
 * A JSON Web Token (RFC 7519), signed by HMAC with SHA-256 as RFC 7518, section 3.2, says. By hand, since each client needs one at once
 * when it connects, and libraries sign asynchronously; gateways check it by such a library.
 *
 * @param key  the one that the gateways have, 32 characters or more
 * @param user whom its bearer may act for
 */
export function signToken(key: string, user: string, scope?: typeof OPERATOR): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: user, aud: TOKEN_AUDIENCE, iat: now, exp: now + LIFE_S, scope };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
