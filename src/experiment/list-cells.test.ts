import { expect, test } from 'vitest';
import { listCells } from './list-cells.ts';

test('a matrix has a cell for each combination, named after what varies', () => {
  const cells = listCells({ topology: ['worker', 'pubsub'], gateways: ['2'], workers: ['1', '2', '4'] }, ['rate']);
  expect(cells.map(({ label }) => label)).toEqual([
    'topology=worker workers=1',
    'topology=worker workers=2',
    'topology=worker workers=4',
    'topology=pubsub workers=1',
    'topology=pubsub workers=2',
    'topology=pubsub workers=4',
  ]);
  expect(cells[4]?.values).toEqual({ topology: 'pubsub', gateways: '2', workers: '2' });
});

test('nothing that varies is one cell', () => {
  expect(listCells({}, ['rate'])).toEqual([{ label: '', load: '', values: {} }]);
});

test('a cell knows what part of it is the load', () => {
  const cells = listCells({ topology: ['worker', 'pubsub'], rate: ['1', '2'], clients: ['9'] }, ['rate', 'clients']);
  expect(cells.map(({ load }) => load)).toEqual(['rate=1', 'rate=2', 'rate=1', 'rate=2']);
});
