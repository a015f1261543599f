import { describe, expect, it } from 'vitest';
import { ChatbenchError } from '../../errors.ts';
import { isPrivateAddress } from '../../private-address.ts';
import { guardHosts } from './guard-hosts.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'intern.example': ['10.1.2.3', 'fd00::7'],
  'mixed.example': ['10.1.2.3', '93.184.216.34'],
  'public.example': ['93.184.216.34'],
  localhost: ['::1', '127.0.0.1'],
  'chat.localhost': ['127.0.0.1'],
  'evil.localhost': ['127.0.0.1', '93.184.216.34'],
};

const resolve = async (host: string) => {
  const addresses = NAMES[host];
  if (addresses === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
  return addresses;
};

const guard = async (url: string, ...allowed: string[]) => (await guardHosts([url], allowed, resolve)).publicHosts;

describe('a private address', () => {
  it.each([
    '127.0.0.1',
    '127.9.8.7',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.0.9',
    '0.0.0.0',
    '::1',
    '::',
    'fc00::1',
    'fdff::1',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
  ])('is %s', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each([
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '11.0.0.1',
    '128.0.0.1',
    '169.253.0.1',
    '100.64.0.1',
    '::2',
    'fec0::1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    'localhost',
    '',
  ])('is not %s', (address) => expect(isPrivateAddress(address)).toBe(false));
});

describe('the guard', () => {
  it.each([
    'ws://127.0.0.1:8080/ws',
    'ws://[::1]:9/',
    'ws://localhost/',
    'ws://chat.localhost:81/',
    'wss://intern.example/',
  ])('lets load go to %s', async (url) => expect(await guard(url)).toEqual([]));

  it.each([
    ['ws://93.184.216.34/', '93.184.216.34'],
    ['ws://public.example/', 'public.example'],
    ['wss://mixed.example/', 'mixed.example'],
    ['ws://evil.localhost/', 'evil.localhost'],
    ['ws://[2001:db8::1]/', '2001:db8::1'],
    ['ws://127.0.0.1@public.example/', 'public.example'],
    ['ws://2130706433.example@PUBLIC.example/', 'public.example'],
  ])('refuses %s, and names the flag that allows it', async (url, host) => {
    await expect(guard(url)).rejects.toThrow(ChatbenchError);
    await expect(guard(url)).rejects.toMatchObject({
      code: 'usage',
      message: `${host} is neither this machine nor in a private network`,
      hint: `if you may load it, say so with --allow-target ${host}`,
    });
    expect(await guard(url, 'other.example', host.toUpperCase())).toEqual([host]);
  });

  it.each(['[2001:db8::1]', '2001:db8::1', '2001:0DB8:0:0::1'])(
    'lets %s be allowed, however it is spelt',
    async (name) => {
      expect(await guard('ws://[2001:db8::1]:8080/ws', name)).toEqual(['2001:db8::1']);
      await expect(guard('ws://[2001:db8::2]:8080/ws', name)).rejects.toThrow(ChatbenchError);
    },
  );

  it('is not satisfied by another host that was allowed, and looks at every address', async () => {
    await expect(guard('ws://public.example/', 'example')).rejects.toThrow(ChatbenchError);
    const both = guardHosts(['ws://127.0.0.1/', 'http://public.example/send'], [], resolve);
    await expect(both).rejects.toThrow(/public\.example/);
  });

  it('settles the addresses of every name, those of this machine included', async () => {
    const urls = ['ws://LOCALHOST:81/', 'http://intern.example/', 'ws://127.0.0.1/', 'ws://[::1]/'];
    const { hosts } = await guardHosts(urls, [], resolve);
    expect(hosts.addresses).toEqual({ localhost: ['::1', '127.0.0.1'], 'intern.example': ['10.1.2.3', 'fd00::7'] });
  });

  it('tells of a name without an address', async () => {
    await expect(guard('ws://nowhere.example/')).rejects.toMatchObject({ code: 'target-unavailable' });
  });
});
