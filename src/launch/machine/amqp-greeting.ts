/** AMQP 0-9-1's opening; the server answers with Connection.Start, which tells product, version and platform. */
export const askGreeting = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

/** "<version of RabbitMQ> <version of Erlang>" of its answer; null while that is incomplete. */
export function readGreeting(answer: Buffer): string | null {
  // A whole frame: 7 bytes of header that hold the payload's length, the payload, and an end mark.
  if (answer.length < 7 || answer.length < 7 + answer.readUInt32BE(3) + 1) return null;
  const erlang = readTableString(answer, 'platform')?.replace('Erlang/OTP ', '');
  return `${readTableString(answer, 'version')} ${erlang}`;
}

/** A long string of the server's property table: length and text of the name, "S", length (4 bytes) and text. */
function readTableString(frame: Buffer, name: string): string | undefined {
  const key = Buffer.from(`${String.fromCharCode(name.length)}${name}S`, 'latin1');
  const at = frame.indexOf(key);
  if (at < 0) return undefined;
  const start = at + key.length + 4;
  return frame.toString('latin1', start, start + frame.readUInt32BE(start - 4));
}
