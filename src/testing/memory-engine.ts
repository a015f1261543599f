import type { Engine } from '../fleet/remote/engine.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A network of engines in memory, on a virtual clock: what one publishes reaches the others after a while, unless a link is down. */
export interface MemoryNetwork {
  connect(): MemoryNode;
}

export interface MemoryNode extends Engine {
  /** Down: nothing gets in or out, and nobody is told. */
  isCut: boolean;
  /** Frozen: what gets in waits. */
  isFrozen: boolean;
  /** Lets in what has waited. */
  thaw(): void;
}

interface Subscription {
  readonly node: MemoryNode;
  readonly pattern: RegExp;
  readonly waiting: (() => void)[];
  listener(body: Uint8Array, subject: string): void;
}

export function createMemoryNetwork(
  clock: VirtualClock,
  delayUs: (from: MemoryNode, to: MemoryNode) => number = () => 200,
): MemoryNetwork {
  const subscriptions = new Set<Subscription>();
  return {
    connect() {
      const waiting: (() => void)[] = [];
      const node: MemoryNode = {
        description: 'memory',
        isCut: false,
        isFrozen: false,
        publish(subject, body) {
          if (node.isCut) return;
          for (const one of subscriptions) {
            if (one.node === node || !one.pattern.test(subject)) continue;
            clock.after(delayUs(node, one.node), () => {
              if (node.isCut || one.node.isCut || !subscriptions.has(one)) return;
              const deliver = () => one.listener(body, subject);
              if (one.node.isFrozen) one.waiting.push(deliver);
              else deliver();
            });
          }
        },
        subscribe(subject, listener) {
          const one = { node, pattern: patternOf(subject), waiting, listener };
          subscriptions.add(one);
          return () => subscriptions.delete(one);
        },
        thaw() {
          node.isFrozen = false;
          for (const deliver of waiting.splice(0)) deliver();
        },
        closed: new Promise(() => {}),
        close: async () => {},
      };
      return node;
    },
  };
}

/** `*` is one word, `>` all that follow. */
function patternOf(subject: string): RegExp {
  const words = subject.split('.').map((word) => (word === '*' ? '[^.]+' : word === '>' ? '.+' : word));
  return new RegExp(`^${words.join('\\.')}$`);
}
