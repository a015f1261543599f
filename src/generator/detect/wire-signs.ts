import { defineSign, type WireSign } from './wire-sign.ts';

const END = '\x1e';

/**
 * In the order in which they are believed. None may be mistaken for a server that sends back what it is sent.
 *
 * @param origin what a browser would say where it comes from
 */
export function listWireSigns(origin: string): readonly WireSign[] {
  return [
    defineSign({
      preset: 'socket.io',
      path: '/socket.io/',
      addressAt: (path) => `${path}?EIO=4&transport=websocket`,
      answer: /^0\{"sid"/,
    }),
    defineSign({
      preset: 'sockjs',
      path: '/chat',
      addressAt: (path) => `${path}/000/{uuid}/websocket`,
      answer: /^o$/,
    }),
    defineSign({ preset: 'nats', path: '/', answer: /^INFO \{"server_id"/ }),
    defineSign({
      preset: 'graphql-ws',
      path: '/graphql',
      subprotocols: ['graphql-transport-ws'],
      greet: () => '{"type":"connection_init"}',
      answer: /"type"\s*:\s*"connection_ack"/,
    }),
    defineSign({
      preset: 'stomp',
      path: '/ws',
      subprotocols: ['v12.stomp'],
      greet: () => 'CONNECT\naccept-version:1.2\nhost:/\n\n\0',
      answer: /^(?:CONNECTED|ERROR)\r?\n/,
    }),
    defineSign({
      preset: 'xmpp',
      path: '/xmpp-websocket',
      subprotocols: ['xmpp'],
      greet: (host) => `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="${host}" version="1.0"/>`,
      answer: /^<(?:open\b(?=[^>]*\bid=)|stream:)/,
    }),
    defineSign({
      preset: 'action-cable',
      path: '/cable',
      subprotocols: ['actioncable-v1-json'],
      headers: { Origin: origin },
      answer: /"type":"welcome"/,
    }),
    defineSign({
      preset: 'phoenix',
      path: '/socket/websocket',
      addressAt: (path) => `${path}?vsn=2.0.0`,
      greet: () => '[null,"1","phoenix","heartbeat",{}]',
      answer: /"phx_reply"/,
    }),
    defineSign({
      preset: 'centrifugo',
      path: '/connection/websocket',
      // Its members come back in another order.
      greet: () => '{"connect":{},"id":1}',
      answer: /^\{"id":1,"(?:connect|error)":/,
    }),
    defineSign({
      preset: 'signalr',
      path: '/chat',
      greet: () => `{"protocol":"json","version":1}${END}`,
      answer: new RegExp(`^\\{(?:"error":.*)?\\}${END}`),
    }),
    defineSign({
      preset: 'pusher',
      path: '/app/app-key',
      addressAt: (path) => `${path}?protocol=7&client=chatbench&version=1.0`,
      answer: /"event":"pusher:(?:connection_established|error)"/,
    }),
  ];
}
