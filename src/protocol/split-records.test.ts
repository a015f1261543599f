import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byRecord } from './split-records.ts';

function recordsOf(separator: string | null, frame: string): readonly string[] {
  const records: string[] = [];
  byRecord({ separator }, (record) => records.push(record.toString()))(Buffer.from(frame));
  return records;
}

it.each([
  ['\n', '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
  ['\n', '{"a":1}\r\n\r\n{"b":2}\n', ['{"a":1}\r', '{"b":2}']],
  ['\r\n', 'PING\r\nMSG a 1 2\r\nhi\r\n', ['PING', 'MSG a 1 2', 'hi']],
  ['\x1e', '{"type":6}\x1e{"type":1}\x1e', ['{"type":6}', '{"type":1}']],
  ['\0', 'MESSAGE\n\nhi\0\nRECEIPT\n\n\0\n', ['MESSAGE\n\nhi', 'RECEIPT\n\n']],
  ['||', 'a|b||c', ['a|b', 'c']],
  ['é', 'aéb', ['a', 'b']],
  ['\n', 'whole', ['whole']],
  // A server's heartbeat may be nothing else.
  ['\0', '\n', ['\n']],
  [null, 'a\nb', ['a\nb']],
])('cuts by %j what came as %j', (separator, frame, records) => {
  expect(recordsOf(separator, frame)).toEqual(records);
});

it('yields what was joined', () => {
  const record = fc.string({ unit: fc.constantFrom('a', '{', 'é', '\t'), minLength: 1 });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1 }), fc.constantFrom('\n', '\x1e', '--'), (records, separator) => {
      expect(recordsOf(separator, records.join(separator))).toEqual(records);
    }),
  );
});
