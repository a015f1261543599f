import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ChatbenchError } from '../../errors.ts';

const VALID_DAYS = 365;

/**
 * A certificate that nobody has signed but itself, for the hosts by which agents find the engine: they know it from their key files,
 * and need no authority.
 *
 * @throws ChatbenchError `target-unavailable` where there is no openssl
 */
export async function makeCertificate(
  hosts: readonly string[],
): Promise<{ readonly certificate: string; readonly privateKey: string }> {
  const names = [...new Set([...hosts, 'localhost', '127.0.0.1'])];
  const directory = mkdtempSync(join(tmpdir(), 'chatbench-keygen-'));
  const certificate = join(directory, 'engine.crt');
  const privateKey = join(directory, 'engine.pem');
  try {
    await promisify(execFile)('openssl', [
      'req',
      '-x509',
      ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', privateKey, '-out', certificate],
      ...['-days', String(VALID_DAYS), '-subj', '/CN=chatbench engine'],
      ...['-addext', `subjectAltName=${names.map((name) => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`).join(',')}`],
    ]);
    return { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(privateKey, 'utf8') };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'openssl is not on this machine' : message.split('\n', 1)[0];
    throw new ChatbenchError('target-unavailable', `agents keygen: no certificate could be made: ${reason}`, {
      hint: 'install openssl 1.1.1 or later',
      cause,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
