import { z } from 'zod';

/** Who may ask a gateway or worker what; keys of both configurations. */
export const accessKeys = {
  /** Names by which it is addressed, besides IP addresses and localhost: "chat.example.com". */
  hosts: z.array(z.string().toLowerCase()).optional(),
  /** Origins whose pages may speak to it: "https://chat.example.com". Default none. */
  origins: z
    .array(z.string().regex(/^https?:\/\/[^/]+$/, 'expected an origin such as https://chat.example.com'))
    .optional(),
  /** HMAC key of the tokens that users and operators must bear; empty or absent: nobody needs one. */
  tokenKey: z.union([z.literal(''), z.string().min(32)]).optional(),
};
