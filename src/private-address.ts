import { BlockList, isIP, isIPv6 } from 'node:net';

/** Loopback, private and link-local networks; the unspecified address reaches this machine, too. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 32],
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv6');
}

/** An IP address that only this machine, or machines of the same private network, can have (RFC 1918, 3927, 4193, 4291). */
export function isPrivateAddress(address: string): boolean {
  const [plain = ''] = address.split('%', 1);
  if (isIP(plain) === 0) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return PRIVATE.check(mapped, 'ipv4');
  return PRIVATE.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}
