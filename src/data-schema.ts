import { z } from 'zod';

/** What the schemas of plain data are made of: the stages that own a part of a result describe it with these. */

export const count = z.number().int().nonnegative();

/** µs since run start. Before 0 clients connect. */
export const timeUs = z.number().int();

/** The type of what a schema yields, as everyone sees it who did not make it: nothing in it can be set, at any depth. */
export type DataOf<Schema extends z.ZodType> = DeepReadonly<z.infer<Schema>>;

type DeepReadonly<T> = { readonly [Key in keyof T]: DeepReadonly<T[Key]> };
