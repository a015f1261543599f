import type { LookupAddress, LookupOptions } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { createHostGuard } from './host-guard.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'intern.example': ['10.1.2.3', 'fd00::7', '10.1.2.4'],
  'mixed.example': ['10.1.2.3', '93.184.216.34'],
  'public.example': ['93.184.216.34'],
  'app.localhost': ['127.0.0.1'],
  'evil.localhost': ['93.184.216.34'],
};

function openGuard(
  allowed: readonly string[] = [],
  addresses: Readonly<Record<string, readonly string[]>> = {},
  isStrict = false,
) {
  const asked: string[] = [];
  const guard = createHostGuard({ allowed, addresses, isStrict }, async (host) => {
    asked.push(host);
    const found = NAMES[host];
    if (found === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
    return found;
  });
  const find = (host: string, options: LookupOptions = { all: true }) =>
    new Promise<unknown>((resolve, reject) =>
      guard.lookup(host, options, (error, found, family) => {
        if (error !== null) reject(error);
        else resolve(typeof found === 'string' ? [found, family] : found.map(({ address }: LookupAddress) => address));
      }),
    );
  return { guard, find, asked };
}

describe('a name', () => {
  it('is resolved once, whoever asks and however often', async () => {
    const { find, asked } = openGuard();
    await Promise.all([find('intern.example'), find('INTERN.example')]);
    await find('intern.example');
    expect(asked).toEqual(['intern.example']);
  });

  it('keeps the addresses that it had when the run was admitted, whatever a resolver would say now', async () => {
    const { find, asked } = openGuard([], { 'public.example': ['10.9.9.9'] });
    expect(await find('public.example')).toEqual(['10.9.9.9']);
    expect(asked).toEqual([]);
  });

  it('gives the addresses of a family in turn, and the family first that the resolver had first', async () => {
    const { find } = openGuard();
    const turns = [await find('intern.example'), await find('intern.example'), await find('intern.example')];
    const [one, other] = [
      ['10.1.2.3', '10.1.2.4', 'fd00::7'],
      ['10.1.2.4', '10.1.2.3', 'fd00::7'],
    ];
    expect(turns).toEqual([one, other, one]);
  });

  it('has turns of its own, whatever other names are asked for in between', async () => {
    const { find } = openGuard([], { 'a.example': ['10.0.0.1', '10.0.0.2'], 'b.example': ['10.0.1.1', '10.0.1.2'] });
    const first: unknown[] = [];
    for (const name of ['a.example', 'b.example', 'a.example', 'b.example']) {
      first.push(((await find(name)) as readonly string[])[0]);
    }
    expect(first).toEqual(['10.0.0.1', '10.0.1.1', '10.0.0.2', '10.0.1.2']);
  });

  it.each([
    [{}, ['10.1.2.3', 4]],
    [{ family: 4 }, ['10.1.2.3', 4]],
    [{ family: 6 }, ['fd00::7', 6]],
    [{ family: 'IPv6' as const }, ['fd00::7', 6]],
    [{ family: 0 }, ['10.1.2.3', 4]],
  ])('answers %o as the resolver would', async (options, answer) => {
    expect(await openGuard().find('intern.example', options)).toEqual(answer);
  });

  it.each(['public.example', 'mixed.example', 'evil.localhost'])(
    'leads nowhere where it is public and not allowed: %s',
    async (name) => {
      await expect(openGuard(['other.example']).find(name)).rejects.toThrow(
        `${name} is neither this machine nor in a private network`,
      );
      expect(await openGuard([name]).find(name)).toHaveLength(NAMES[name]!.length);
    },
  );

  it('of this machine leads to it, by the word of the resolver', async () =>
    expect(await openGuard().find('app.localhost')).toEqual(['127.0.0.1']));

  it('is asked for again after it was not found', async () => {
    const { find, asked } = openGuard();
    await expect(find('nowhere.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(find('nowhere.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(find('app.localhost', { family: 6 })).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(asked).toEqual(['nowhere.example', 'nowhere.example', 'app.localhost']);
  });
});

describe('an address', () => {
  it.each(['127.0.0.1', '10.0.0.1', '::1', '[fd00::1]', 'public.example'])('%s is no reason to refuse', (host) =>
    expect(openGuard().guard.refuse(host)).toBeNull(),
  );

  it.each(['93.184.216.34', '[2001:db8::1]'])('%s is refused unless it was allowed', (host) => {
    const name = host.replace(/[[\]]/g, '');
    expect(openGuard().guard.refuse(host)).toBe(`${name} is neither this machine nor in a private network`);
    expect(openGuard([name]).guard.refuse(host)).toBeNull();
  });
});

describe('where private hosts have to be named, too', () => {
  const strict = (...allowed: readonly string[]) => openGuard(allowed, {}, true);

  it('an address is refused that was not', () => {
    const { guard } = strict('10.0.0.1', '::1');
    for (const host of ['10.0.0.1', '[::1]']) expect(guard.refuse(host)).toBeNull();
    for (const host of ['10.0.0.2', '127.0.0.1', '[fd00::1]', '93.184.216.34']) {
      expect(guard.refuse(host)).toContain('was not named with --allow-target');
    }
  });

  it('a name is refused that was not, wherever it leads', async () => {
    const { find } = strict('intern.example');
    expect(await find('intern.example')).toContain('10.1.2.3');
    for (const host of ['app.localhost', 'public.example']) {
      await expect(find(host)).rejects.toThrow(`${host} was not named with --allow-target`);
    }
  });
});
