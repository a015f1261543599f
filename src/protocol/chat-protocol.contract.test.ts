import { describe, expect, it } from 'vitest';
import {
  encodeAlive,
  encodeNotification,
  encodePresence,
  encodePushed,
  encodeRateLimited,
  encodeSubscribed,
} from '../cluster/wire/server-feature-frame.ts';
import { encodeAck, encodeError, encodeJoined } from '../cluster/wire/server-frame.ts';
import { contractChecks, type ProtocolSamples } from '../contract.ts';
import { createMarker, MARKER_BYTES } from '../record/marker.ts';
import { protocolBlock } from '../scenario/protocol-block.ts';
import type { ProtocolSpec } from '../scenario/protocol-spec.ts';
import { referenceProtocol } from './adapters/reference.ts';
import { selectProtocol } from './select-protocol.ts';

const client = { client: 17, room: 8, endpoint: 'ws://127.0.0.1:9/ws' };
const marker = createMarker('ab9z', 3);

interface Adapter extends ProtocolSamples {
  /** Value of `protocol:`. */
  readonly described: unknown;
  /** What that becomes with `deliver` and `send`. */
  readonly used?: ProtocolSpec;
  /** The text of the message within a frame that is sent. */
  bodyOf(frame: string): string;
}

/** A page of the reference cluster's history. */
function pageOf(room: string): NonNullable<ProtocolSamples['historyPage']> {
  const message = (sent: string, seq: number) => ({ id: sent, seq, from: 'u16', at: 1, body: `${sent} "x"` });
  return {
    answer: (sent) => JSON.stringify({ room, messages: [message(sent, 41), message(sent, 42)] }),
    positions: [41, 42],
  };
}

const ADAPTERS: Readonly<Record<string, Adapter>> = {
  reference: {
    described: 'reference',
    historyPage: pageOf('r8'),
    codes: [
      [encodeError(marker, 'overloaded', 'try later'), 'overloaded'],
      [encodeRateLimited(marker, 0, 20), 'rate_limited'],
    ],
    bodyOf: (frame) => JSON.parse(frame).body,
    frames: (sent) => [
      [encodeJoined('r8'), 'ready'],
      [encodeAck(sent), 'ack'],
      [encodeError(sent, 'overloaded', 'try later'), 'error'],
      [encodeRateLimited(sent, 0, 20), 'limited'],
      [`{"t":"message","id":"${sent}","room":"r8","seq":1,"from":"u16","at":1,"body":"${sent}"}`, 'message'],
      ['{"t":"presence","user":"u1"}', 'other'],
      ['', 'other'],
    ],
  },
  'reference, between two': {
    described: 'reference',
    used: { kind: 'reference', deliver: 'direct', send: 'websocket' },
    bodyOf: (frame) => JSON.parse(frame).body,
    opening: [encodePresence('u17', false)],
    historyPage: pageOf('@d:3:u16:u17'),
    frames: (sent) => [
      [encodeAck(sent), 'ack'],
      [encodeRateLimited(sent, 0, 20), 'limited'],
      [`{"t":"message","id":"${sent}","room":"@d:3:u16:u17","seq":1,"from":"u16","at":1,"body":"${sent}"}`, 'message'],
    ],
  },
  'reference, to a group': {
    described: 'reference',
    used: { kind: 'reference', deliver: 'group', send: 'websocket' },
    bodyOf: (frame) => JSON.parse(frame).body,
    frames: (sent) => [
      [encodeSubscribed('g8'), 'ready'],
      [encodePushed(sent), 'ack'],
      [encodeError(sent, 'forbidden', 'no'), 'error'],
      [encodeRateLimited(sent, 0, 20), 'limited'],
      [encodeNotification({ id: sent, from: 'u1', to: { group: 'g8' }, at: 1, body: sent }), 'message'],
      [encodePresence('u17', true), 'other'],
    ],
  },
  'reference, to everyone': {
    described: 'reference',
    used: { kind: 'reference', deliver: 'everyone', send: 'http' },
    bodyOf: (frame) => JSON.parse(frame).body,
    frames: (sent) => [
      [encodeNotification({ id: 'n', from: 'u1', to: { everyone: true }, at: 1, body: sent }), 'message'],
    ],
  },
  'reference, by presence': {
    described: 'reference',
    used: { kind: 'reference', deliver: 'presence', send: 'websocket' },
    bodyOf: (frame) => JSON.parse(frame).status,
    frames: (sent) => [
      [encodePresence('u16', true, sent), 'message'],
      [encodeAlive(30_000), 'other'],
    ],
  },
  'reference by HTTP': {
    described: 'reference',
    used: { kind: 'reference', deliver: 'room', send: 'http' },
    historyPage: pageOf('r8'),
    bodyOf: (frame) => JSON.parse(frame).body,
    frames: (sent) => [
      [encodeJoined('r8'), 'ready'],
      [`{"t":"message","id":"${sent}","room":"r8","seq":1,"from":"u16","at":1,"body":"${sent}"}`, 'message'],
    ],
  },
  echo: { described: 'echo', bodyOf: (frame) => frame, frames: (sent) => [[`${sent} hello`, 'message']] },
  template: {
    described: {
      url: '{endpoint}/{room}/{user}',
      open: [
        { await: 'welcome' },
        { send: { type: 'join', room: '{room}' } },
        { await: { json: { type: 'joined', 'data.user': '{user}' } } },
      ],
      send: { type: 'say', id: '{id}', text: '{body}' },
      ack: { json: { type: 'ok' } },
      error: { 'starts-with': '{"type":"error"' },
      message: '"type":"say"',
    },
    bodyOf: (frame) => JSON.parse(frame).text,
    opening: ['welcome!', '{"type":"joined","data":{"user":"u17"}}'],
    frames: (sent) => [
      [`{"type":"ok","id":"${sent}"}`, 'ack'],
      [`{"type": "ok", "id":"${sent}"}`, 'ack'],
      [`{"type":"error","id":"${sent}"}`, 'error'],
      [`{"type":"say","text":"${sent} it is ok"}`, 'message'],
      ['{"type":"joined","data":{"user":"u18"}}', 'other'],
      ['{"note":"ok","type":"typing"}', 'other'],
    ],
  },
  'template by HTTP': {
    described: {
      send: { http: { url: 'http://{host}/rooms/{room}', body: { text: '{body}' } } },
      'sender-receives': true,
    },
    bodyOf: (frame) => JSON.parse(frame).text,
    frames: (sent) => [[sent, 'message']],
  },
  'socket.io': {
    described: { use: 'socket.io', acks: true, joined: 'callback', namespace: '/chat' },
    bodyOf: (frame) => JSON.parse(frame.slice(frame.indexOf('[')))[1].text,
    opening: ['0{"sid":"a","upgrades":[],"pingInterval":25000}', '40/chat,{"sid":"b"}', '43/chat,0[]'],
    numberedAcks: [['43/chat,10000000042[{"ok":true}]', 42]],
    codes: [['44/chat,{"message":"no","data":{}}', null]],
    frames: (sent) => [
      [`42/chat,["message",{"text":"${sent}"}]`, 'message'],
      ['43/chat,10000000007[]', 'ack'],
      // A callback that says why it took nothing, for a message; and one whose member of that name says nothing.
      ['43/chat,10000000007[{"error":"too fast"}]', 'error'],
      ['43/chat,10000000007[{"status":"no","error":{"code":429}}]', 'error'],
      ['43/chat,10000000007[{"ok":true,"error":null}]', 'ack'],
      ['44/chat,{"message":"not authorized"}', 'error'],
      ['43/chat,0[]', 'other'],
      ['2', 'other'],
    ],
  },
  stomp: {
    described: 'stomp',
    bodyOf: (frame) => frame.slice(frame.indexOf('\n\n') + 2, -1),
    opening: ['CONNECTED\nversion:1.2\n\n\0', 'RECEIPT\nreceipt-id:subscribed\n\n\0'],
    frames: (sent) => [
      [`MESSAGE\nsubscription:0\nmessage-id:1\ndestination:/topic/r8\n\n${sent} hello\0`, 'message'],
      [`RECEIPT\nreceipt-id:${sent}\n\n\0`, 'ack'],
      [`ERROR\nmessage:no\n\n${sent}\0`, 'error'],
      ['\n', 'other'],
    ],
  },
};

describe.each(Object.entries(ADAPTERS))('the protocol %s', async (_name, { described, used, bodyOf, ...samples }) => {
  const protocol = await selectProtocol(used ?? protocolBlock.parse(described), {});

  it.each(contractChecks)('$name', ({ check }) => check(protocol, samples));

  it.each([MARKER_BYTES, 100, 4096])('sends a body of exactly %i bytes that begins with the marker', (payloadBytes) => {
    const body = bodyOf(protocol.encodeSend(client, marker, payloadBytes).frame.toString());
    expect(Buffer.byteLength(body)).toBe(payloadBytes);
    expect(body.startsWith(marker)).toBe(true);
  });
});

it.each([
  ['a mapping', { seq: '{seq}', text: '{body}' }, '10000000000'],
  ['a text', '{"seq":{seq},"text":"{body}"}', 10_000_000_000],
])('the number of a message in %s is sent as docs/your-server.md says', async (_what, send, seq) => {
  const { encodeSend } = await selectProtocol(protocolBlock.parse({ send }), {});
  expect(JSON.parse(encodeSend(client, marker, 64).frame.toString()).seq).toBe(seq);
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
it('a description has variables filled in wherever a frame is told', async () => {
  const spec = protocolBlock.parse({
    send: '{seq} {body}',
    error: { json: { no: '${env:TOK}' } },
    ack: { regex: '^ok ${env:TOK} (1\\d{10})' },
    message: { 'starts-with': 'say ${env:TOK}' },
    answers: [{ to: { equals: 'ping ${env:TOK}' }, send: 'pong' }],
  });
  const { classify, answer, readSequences, explain } = await selectProtocol(spec, { TOK: 'a"c' });
  const kinds = ['{"no":"a\\"c"}', 'ok a"c 10000000042', 'say a"c', 'say abc', 'ok ${env:TOK} 10000000042'];
  expect(kinds.map((text) => classify(Buffer.from(text)))).toEqual(['error', 'ack', 'message', 'other', 'other']);
  expect(readSequences?.(Buffer.from('ok a"c 10000000042'))).toEqual([42]);
  expect(answer?.(Buffer.from('ping a"c'))).toBe('pong');
  expect(explain?.(Buffer.from('ping a"c'))).toBe('answers: is "ping ${env:TOK}"');
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description

it('the history of the reference cluster is asked for what lies behind a position', () => {
  const url = referenceProtocol.history!.urlAfter(client, 40);
  expect(new URL(url).searchParams.get('after')).toBe('40');
});

describe('the contract', () => {
  it('finds a protocol that miscounts its markers, forgets its server or throws at odd frames', async () => {
    const sound = await selectProtocol('echo', {});
    const failures = (broken: object) =>
      contractChecks
        .filter(({ check }) => {
          try {
            check({ ...sound, ...broken }, { frames: (sent) => [[sent, 'message']] });
            return false;
          } catch {
            return true;
          }
        })
        .map(({ name }) => name);
    const encodeSend = () => ({ frame: Buffer.from(`${marker}${marker}`), markerOffsets: [0] });
    expect(failures({})).toEqual([]);
    expect(failures({ encodeSend })).toHaveLength(3);
    expect(failures({ acknowledges: true })).toHaveLength(1);
    expect(failures({ heartbeat: { everyUs: 0.5, frame: null } })).toHaveLength(1);
    expect(failures({ readCode: (frame: Buffer) => frame.length })).toHaveLength(1);
    expect(failures({ readCode: () => null })).toEqual([]);
    expect(failures({ classify: (frame: Buffer) => String(JSON.parse(frame.toString())) })).toHaveLength(2);
    expect(failures({ open: () => ({ url: 'http://a', frames: [], readyFrames: 1 }) })).toHaveLength(2);
  });

  it('finds a history that numbers messages wrongly, takes anything for a page, or has no sample', () => {
    const ofHistory = contractChecks.find(({ name }) => name.includes('history'))!;
    const { history, ...others } = referenceProtocol;
    const samples = { frames: ADAPTERS.reference!.frames, historyPage: pageOf('r8') };
    const checkWith = (broken: object) =>
      ofHistory.check({ ...referenceProtocol, history: { ...history!, ...broken } }, samples);
    checkWith({});
    expect(() => checkWith({ readPosition: () => 0 })).toThrow('a number from 1');
    expect(() => checkWith({ readPosition: () => 41 })).toThrow('positions');
    expect(() => checkWith({ urlAfter: () => 'http://a/' })).toThrow('another position');
    expect(() => checkWith({ urlAfter: (_: unknown, at: number) => `ws://a/${at}` })).toThrow('ws://a/40');
    expect(() => checkWith({ readPage: () => [] })).toThrow('readPage');
    expect(() => ofHistory.check(referenceProtocol, { frames: samples.frames })).toThrow('no historyPage');
    ofHistory.check(others, { frames: samples.frames });
  });
});
