import { type DelayProxy, openDelayProxy } from './open-delay-proxy.ts';
import type { FromProxy, ToProxy } from './proxied-endpoints.ts';

/** Proxies in a process of their own: what passes through them must not wait for the process that coordinates the run. */
const proxies: DelayProxy[] = [];
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('message', (message: ToProxy) => {
  if (message.type === 'open') void open(message.addresses);
  else proxies[message.index]?.setDelay(message.delayUs);
});

async function open(addresses: Extract<ToProxy, { type: 'open' }>['addresses']): Promise<void> {
  for (const address of addresses) proxies.push(await openDelayProxy(address));
  process.send?.({ type: 'opened', ports: proxies.map(({ port }) => port) } satisfies FromProxy);
}
