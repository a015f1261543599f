/** The environment variable that holds the HMAC key, by which the tokens of the reference cluster's users are signed. */
export const TOKEN_KEY_VARIABLE = 'CHATBENCH_TOKEN_KEY';
