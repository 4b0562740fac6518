type Methods<T> = {
  [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** A part whose code is loaded by the first call of one of its methods. Every method answers with a promise. */
export type Later<T> = Methods<T> & {
  /** The part, if anything has been asked of it so far. */
  ifLoaded(): Promise<T> | undefined;
};

/**
 * A part of the app that nothing needs before the window is there. Calls that come while it is being loaded wait; where
 * it cannot be loaded, each of them fails, and the next one tries anew.
 */
export function later<T extends object>(load: () => Promise<T>): Later<T> {
  let loading: Promise<T> | undefined;
  const loaded = (): Promise<T> =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
  const handler: ProxyHandler<object> = {
    get: (_target, name) => {
      if (name === 'ifLoaded') return () => loading;
      // Whoever awaits the part itself must not take it for a promise.
      if (name === 'then') return undefined;
      return async (...args: unknown[]) => {
        const part = (await loaded()) as Record<PropertyKey, (...args: unknown[]) => unknown>;
        return part[name]?.(...args);
      };
    },
  };
  return new Proxy({}, handler) as Later<T>;
}
