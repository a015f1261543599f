import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LruMap } from './lru-map.ts';

const step = fc.record({ action: fc.constantFrom('get', 'set', 'delete'), key: fc.integer({ min: 0, max: 6 }) });

test('it remembers exactly the entries that were used last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
      const map = new LruMap<number, number>(capacity);
      /** Most recently used first. */
      let recent: { key: number; value: number }[] = [];
      for (const [i, { action, key }] of steps.entries()) {
        const held = recent.find((entry) => entry.key === key);
        const others = recent.filter((entry) => entry.key !== key);
        if (action === 'get') {
          expect(map.get(key)).toBe(held?.value);
          if (held !== undefined) recent = [held, ...others];
        } else if (action === 'set') {
          map.set(key, i);
          recent = [{ key, value: i }, ...others].slice(0, capacity);
        } else {
          map.delete(key);
          recent = others;
        }
        expect(map.size).toBe(recent.length);
      }
      map.clear();
      expect(map.size).toBe(0);
    }),
  );
});
