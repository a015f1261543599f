import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { EXIT, type ExitCode } from '../../errors.ts';
import { printLine } from '../print.ts';
import { listenForSignals } from '../run/run-signals.ts';
import { serveReports } from '../serve/serve-reports.ts';

export interface ServeOptions {
  readonly port: number;
}

/** `chatbench serve [directory]`: lists and shows the runs of a directory on loopback until it is interrupted. */
export async function serve(directory: string, { port }: ServeOptions): Promise<ExitCode> {
  const server = await serveReports(directory, port);
  const yet = existsSync(directory) ? '' : ', which is not there yet,';
  printLine(`runs of ${directory}${yet} are at ${server.url} (Ctrl-C ends this)`);
  const signals = listenForSignals();
  await once(signals.signal, 'abort');
  await server.close();
  signals.release();
  return EXIT.pass;
}
