import { describe, expect, test } from 'vitest';
import type { GatewayBus } from '../../cluster/ports/buses.ts';
import { Inbox } from '../inbox.ts';

/** @param openListener a bus of its own for each gateway that subscribes */
export function describeGatewayBus(
  name: string,
  open: () => GatewayBus,
  openListener: () => Promise<GatewayBus>,
): void {
  describe(`${name} as gateway bus`, () => {
    async function listen(gateway: string): Promise<Inbox<string>> {
      const inbox = new Inbox<string>();
      await (await openListener()).subscribe(gateway, (payload) => inbox.push(payload.toString()));
      return inbox;
    }

    test('a parcel reaches its gateway only, byte for byte', async () => {
      const [a, b] = [await listen('bus-a'), await listen('bus-b')];
      const text = 'room\tkey\t{"body":"ünïcode 😀"}\n';
      const parcels = [
        { gateway: 'bus-a', payload: text },
        { gateway: 'bus-b', payload: 'other' },
      ];
      expect(await open().publish(parcels)).toBe(0);
      expect(await a.atLeast(1)).toEqual([text]);
      expect(await b.atLeast(1)).toEqual(['other']);
    });

    test('parcels arrive in the order of publishing', async () => {
      const inbox = await listen('bus-order');
      for (let n = 0; n < 20; n++) await open().publish([{ gateway: 'bus-order', payload: `${n}` }]);
      expect(await inbox.atLeast(20)).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
    });

    test('parcels without a listener are counted', async () => {
      await listen('bus-there');
      const parcels = ['bus-there', 'bus-gone', 'bus-never'].map((gateway) => ({ gateway, payload: 'x' }));
      expect(await open().publish(parcels)).toBe(2);
      expect(await open().publish([{ gateway: 'bus-gone', payload: 'x' }])).toBe(1);
      expect(await open().publish([])).toBe(0);
    });
  });
}
