/** Stands where a remote knows an environment variable's name and takes the value from its own environment. */
export const NAME_ONLY = 'the gateway’s own value';

/** Tool lists are sets: their order says nothing. */
export const sorted = (list: readonly string[]): string[] => [...list].sort();
