import { OPERATOR, signToken } from '../../cluster/wire/user-token.ts';
import type { ChatProtocol, ClientIdentity, MessageHistory } from '../chat-protocol.ts';
import { nameUser } from './reference.ts';

/**
 * The same protocol with a cluster whose users must bear tokens: each client signs its own.
 *
 * @param key    of the cluster
 * @param toAll  messages go to everyone, which is for operators
 */
export function withTokens(protocol: ChatProtocol, key: string, toAll: boolean): ChatProtocol {
  const tokenOf = ({ client }: ClientIdentity) => signToken(key, nameUser(client), toAll ? OPERATOR : undefined);
  return {
    ...protocol,
    open(client) {
      const opening = protocol.open(client);
      return { ...opening, headers: { ...opening.headers, authorization: `Bearer ${tokenOf(client)}` } };
    },
    encodeSend(client, marker, payloadBytes, body) {
      const template = protocol.encodeSend(client, marker, payloadBytes, body);
      const { request } = template;
      if (request === undefined) return template;
      const headers = { ...request.headers, authorization: `Bearer ${tokenOf(client)}` };
      return { ...template, request: { ...request, headers } };
    },
    ...(protocol.history && { history: readAs(protocol.history, tokenOf) }),
  };
}

function readAs(history: MessageHistory, tokenOf: (client: ClientIdentity) => string): MessageHistory {
  return {
    ...history,
    urlAfter: (client, position) => `${history.urlAfter(client, position)}&token=${tokenOf(client)}`,
  };
}
