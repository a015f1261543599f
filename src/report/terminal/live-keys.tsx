import { useInput } from 'ink';

/** What a key asks for. */
export type LiveCommand = 'stop' | 'pause' | 'details' | 'help';

const COMMANDS: Readonly<Record<string, LiveCommand>> = { q: 'stop', p: 'pause', d: 'details', '?': 'help', h: 'help' };

/**
 * Reads keys; draws nothing. The terminal is then in raw mode, where Ctrl-C is a key like any other: it must stop the run, or
 * nothing could.
 */
export function LiveKeys({ onCommand }: { readonly onCommand: (command: LiveCommand) => void }) {
  useInput((input, key) => {
    const command = key.ctrl && input === 'c' ? 'stop' : COMMANDS[input.toLowerCase()];
    if (command !== undefined) onCommand(command);
  });
  return null;
}
