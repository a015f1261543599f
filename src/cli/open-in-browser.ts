import { spawn } from 'node:child_process';
import { findProgram } from '../launch/machine/find-binaries.ts';

/** Shows a file in the user's browser; does nothing where there is none, as on a server without a screen. */
export function openInBrowser(path: string): void {
  const opener = findOpener();
  if (opener === null) return;
  const child = spawn(opener, [path], { stdio: 'ignore', detached: true });
  // Whatever becomes of it: the path was printed.
  child.on('error', () => {});
  child.unref();
}

function findOpener(): string | null {
  if (process.platform === 'darwin') return findProgram('open');
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return DISPLAY || WAYLAND_DISPLAY ? findProgram('xdg-open') : null;
}
