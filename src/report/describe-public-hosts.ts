/**
 * Hosts beyond this machine and its private networks: no summary leaves out that they were loaded, and on whose word. At least
 * one.
 */
export function describePublicHosts(hosts: readonly string[]): string {
  return `public ${hosts.length === 1 ? 'host' : 'hosts'} ${hosts.join(', ')}, named by --allow-target`;
}
