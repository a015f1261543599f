import type { HttpJsonAccess } from '../access.ts';
import type { Observation } from '../observation.ts';
import { numberAt, openHttp, parsePath } from './http.ts';

/** A number of a JSON document. */
export function observeHttpJson(name: string, { url, value }: Omit<HttpJsonAccess, 'kind'>): readonly Observation[] {
  const http = openHttp(url);
  const path = parsePath(value);
  return [
    {
      name,
      unit: 'number',
      async read() {
        const number = numberAt(await http.readJson(), path);
        if (number === null) throw new Error(`the answer has no number at ${value}`);
        return number;
      },
      close: http.close,
    },
  ];
}
