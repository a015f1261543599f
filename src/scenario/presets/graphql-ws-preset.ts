import { text } from '../file-schemas.ts';
import type { Brought } from '../protocol-schemas.ts';
import { asJson, definePreset, matches, member, openingFrame, plainPreset, sent, step, within } from './preset.ts';

const SUBSCRIPTION = 'subscription ($room: String!) { message(room: $room) { text } }';
const MUTATION = 'mutation ($room: String!, $text: String!) { send(room: $room, text: $text) }';
/** How the id of a room's subscription begins; every mutation has the message's marker for its own. */
const SUBSCRIBED = 'room';

const keys = (brought: Brought) => ({
  params: openingFrame(brought).optional(),
  subscription: text(/^\s*subscription\b/, `a document such as '${SUBSCRIPTION}'`).optional(),
  mutation: text(/^\s*mutation\b/, `a document such as '${MUTATION}'`).optional(),
});

/**
 * The protocol graphql-transport-ws: a subscription for the room, and a mutation for each message, whose outcome is its
 * acknowledgement. Both are given the variables room, user and text, and id, the marker.
 */
export const graphqlWsPreset = definePreset('graphql-ws', keys, (given, isEchoed = true) => ({
  ...plainPreset('graphql-ws'),
  url: '{endpoint}/graphql',
  subprotocols: ['graphql-transport-ws'],
  opening: [
    step(
      [
        given.params === undefined
          ? asJson({ type: 'connection_init' })
          : within('{"type":"connection_init","payload":', given.params, '}'),
      ],
      member('type', 'connection_ack'),
    ),
    step(
      [
        asJson({
          id: `${SUBSCRIBED}:{room}`,
          type: 'subscribe',
          payload: { query: given.subscription ?? SUBSCRIPTION, variables: { room: '{room}', user: '{user}' } },
        }),
        // A subscription is not confirmed: what is answered after it was read after it.
        asJson({ type: 'ping' }),
      ],
      member('type', 'pong'),
    ),
  ],
  send: sent(
    asJson({
      id: '{id}',
      type: 'subscribe',
      payload: {
        query: given.mutation ?? MUTATION,
        variables: { room: '{room}', user: '{user}', text: '{body}', id: '{id}' },
      },
    }),
  ),
  answers: [{ to: member('type', 'ping'), send: asJson({ type: 'pong' }) }],
  message: [...member('type', 'next'), ...matches(`"id"\\s*:\\s*"${SUBSCRIBED}[:"]`)],
  ack: matches(`^(?=.*"type"\\s*:\\s*"(?:next|complete)")(?!.*"id"\\s*:\\s*"${SUBSCRIBED}[:"])`),
  error: matches('"type"\\s*:\\s*"(?:error|connection_error)"|"errors"\\s*:\\s*\\['),
  senderReceives: isEchoed,
}));
