import { describe, expect, it } from 'vitest';
import type { FrameKind } from '../../protocol/chat-protocol.ts';
import { type BundledMarker, tellBundle } from './tell-bundle.ts';

const PLAIN = { senderReceives: false, acknowledgesByMarker: true };
const NUMBERED = { ...PLAIN, acknowledgesByMarker: false };

/** A letter for each marker: o(wn), f(oreign), u(nknown), with sequences from 1. */
function bundle(kind: FrameKind, senders: string, numbers: readonly number[] = []) {
  const names = { o: 'self', f: 'other', u: 'unknown' } as const;
  const markers = [...senders].map(
    (letter, i): BundledMarker => ({ shard: 0, sequence: i + 1, room: 0, sender: names[letter as 'o'] }),
  );
  return { kind, markers, numbers };
}

function told(given: ReturnType<typeof bundle>, rules = PLAIN) {
  const { delivered, acknowledged, refused, isUntold } = tellBundle(given, rules);
  return [delivered.map(({ sequence }) => sequence), acknowledged, refused, isUntold];
}

describe('a frame of several messages', () => {
  it.each<[string, ReturnType<typeof bundle>, typeof PLAIN, unknown[]]>([
    ['messages alone', bundle('message', 'ffu'), PLAIN, [[1, 2, 3], [], [], false]],
    [
      'messages, one of them its own',
      bundle('message', 'fo'),
      { ...PLAIN, senderReceives: true },
      [[1, 2], [], [], false],
    ],
    ['a message and what no rule takes for an acknowledgement', bundle('message', 'fo'), PLAIN, [[1], [], [], true]],
    [
      'a message that comes back, where acknowledgements have numbers',
      bundle('message', 'fo'),
      NUMBERED,
      [[1, 2], [], [], false],
    ],
    ['acknowledgements alone', bundle('ack', 'oo'), PLAIN, [[], [1, 2], [], false]],
    ['an acknowledgement and messages', bundle('ack', 'ofof'), PLAIN, [[2, 4], [1, 3], [], false]],
    ['acknowledgements of what is settled', bundle('ack', 'uu'), PLAIN, [[], [], [], false]],
    [
      'acknowledgements, or own copies',
      bundle('ack', 'oo'),
      { ...PLAIN, senderReceives: true },
      [[], [1, 2], [], true],
    ],
    ['acknowledgements by number and a message', bundle('ack', 'f', [7, 8]), NUMBERED, [[1], [7, 8], [], false]],
    ['an acknowledgement by number with its text', bundle('ack', 'o', [1]), NUMBERED, [[], [1], [], false]],
    [
      'an acknowledgement by number and another message of its own',
      bundle('ack', 'o', [7]),
      { ...NUMBERED, senderReceives: true },
      [[1], [7], [], false],
    ],
    ['a refusal and messages', bundle('error', 'ffo'), PLAIN, [[1, 2], [], [3], false]],
    ['a refusal by number and a message', bundle('limited', 'f', [9]), NUMBERED, [[1], [], [9], false]],
    ['a refusal among acknowledgements', bundle('error', 'oof'), PLAIN, [[3], [], [], true]],
    ['a refusal by number among acknowledgements', bundle('error', '', [1, 2]), NUMBERED, [[], [], [], true]],
    ['several of which no rule says anything', bundle('other', 'ff'), PLAIN, [[], [], [], true]],
    ['one of which no rule says anything', bundle('other', 'f'), PLAIN, [[], [], [], false]],
  ])('of %s', (_what, given, rules, expected) => {
    expect(told(given, rules)).toEqual(expected);
  });
});
