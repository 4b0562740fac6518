import type { z } from 'zod';

declare const resultType: unique symbol;

/** One RPC method: the schema its params are parsed by, and the type of its result. */
export type Method<P extends z.ZodType = z.ZodType, R = unknown> = {
  params: P;
  readonly [resultType]?: R;
};

/** `method<{ server: Server }>()(z.strictObject({ id }))`: the result is named, the params' type is inferred. */
export const method =
  <R extends object>() =>
  <P extends z.ZodType>(params: P): Method<P, R> => ({ params });

export type ResultOf<M> = M extends Method<z.ZodType, infer R> ? R : never;
/** What a handler receives: parsed, defaults filled in. */
export type ParamsOf<M> = M extends Method<infer P, unknown> ? z.output<P> : never;
/** What a caller may send. */
export type InputOf<M> = M extends Method<infer P, unknown> ? z.input<P> : never;
