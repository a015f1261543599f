import type { Brought } from '../protocol-schemas.ts';
import type { OpeningStepSpec } from '../protocol-spec.ts';
import { asXml, contains, definePreset, matches, openingText, plainPreset, sent, startsWith, step } from './preset.ts';

const HEARTBEAT_US = 30_000_000;
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';

const keys = (brought: Brought) => ({
  domain: openingText([]).optional(),
  muc: openingText([]).optional(),
  user: openingText(brought).optional(),
  password: openingText(brought).optional(),
});

/**
 * XMPP over a WebSocket (RFC 7395) and a room of XEP-0045. With a password users log in by SASL PLAIN, without one they are anonymous.
 * A room gives everybody each message, its sender included.
 */
export const xmppPreset = definePreset('xmpp', keys, (given, isEchoed = true) => {
  const { domain = 'localhost', user = '{user}', password } = given;
  const room = `{room}@${given.muc ?? `conference.${domain}`}`;
  const open = `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="${domain}" version="1.0"/>`;
  const opened = (send: readonly string[]): OpeningStepSpec => step(send.map(asXml), contains('features'));
  const auth =
    password === undefined
      ? `<auth xmlns="${SASL}" mechanism="ANONYMOUS"/>`
      : `<auth xmlns="${SASL}" mechanism="PLAIN">{base64:\0${user}\0${password}}</auth>`;
  return {
    ...plainPreset('xmpp'),
    url: '{endpoint}/xmpp-websocket',
    subprotocols: ['xmpp'],
    opening: [
      opened([open]),
      step([asXml(auth)], startsWith('<success')),
      opened([open]),
      step(
        [asXml('<iq xmlns="jabber:client" type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>')],
        matches('^(?=<iq)(?=.*\\bid=.bind)(?=.*\\btype=.result)'),
      ),
      step(
        [
          asXml(
            `<presence xmlns="jabber:client" to="${room}/{user}"><x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="0"/></x></presence>`,
          ),
        ],
        matches('^<presence.*<status[^>]*code=.110'),
      ),
    ],
    send: sent(
      asXml(`<message xmlns="jabber:client" type="groupchat" to="${room}" id="{id}"><body>{body}</body></message>`),
    ),
    heartbeat: { everyUs: HEARTBEAT_US, frame: null },
    message: matches('^<message(?![^>]*type=.error)'),
    error: matches('^<(?:failure|stream:error|close\\b|(?:message|presence|iq)\\b[^>]*\\btype=.error)'),
    senderReceives: isEchoed,
  };
});
