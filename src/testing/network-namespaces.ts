import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Machines of their own as far as the network is concerned, all on one switch with this one. Needs root, on Linux. */
export interface NetworkNamespaces {
  /** How they find this machine. */
  readonly host: string;
  /** The command by which a program runs on machine 1, 2, … */
  enter(machine: number): readonly string[];
  /** Pulls the plug of one of them, or puts it back; nothing that is connected is told. */
  setLink(machine: number, state: 'up' | 'down'): void;
  remove(): void;
}

/** Null where they cannot be made here. */
export function createNetworkNamespaces(count: number): NetworkNamespaces | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  // Of the process: several test runs may be under way.
  const tag = `cb${process.pid % 100_000}`;
  const subnet = `10.213.${process.pid % 250}`;
  const bridge = `${tag}br`;
  const ip = (...args: readonly string[]) => execFileSync('ip', [...args], { stdio: 'pipe' });
  const quietly = (...args: readonly string[]) => {
    try {
      ip(...args);
    } catch {
      // It was not there.
    }
  };
  const remove = () => {
    for (let machine = 1; machine <= count; machine++) {
      quietly('netns', 'delete', `${tag}n${machine}`);
      quietly('link', 'delete', `${tag}v${machine}`);
      rmSync(`/etc/netns/${tag}n${machine}`, { recursive: true, force: true });
    }
    quietly('link', 'delete', bridge);
  };
  try {
    ip('link', 'add', bridge, 'type', 'bridge');
    ip('addr', 'add', `${subnet}.1/24`, 'dev', bridge);
    ip('link', 'set', bridge, 'up');
    for (let machine = 1; machine <= count; machine++) {
      const name = `${tag}n${machine}`;
      ip('netns', 'add', name);
      ip('link', 'add', `${tag}v${machine}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('link', 'set', `${tag}v${machine}`, 'master', bridge, 'up');
      ip('-n', name, 'addr', 'add', `${subnet}.${10 + machine}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
  } catch {
    remove();
    return null;
  }
  return {
    host: `${subnet}.1`,
    enter: (machine) => ['ip', 'netns', 'exec', `${tag}n${machine}`],
    setLink: (machine, state) => void ip('link', 'set', `${tag}v${machine}`, state),
    remove,
  };
}
