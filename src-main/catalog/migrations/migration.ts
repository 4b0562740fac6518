export type RawCatalog = Record<string, unknown>;
/** Takes a file of one version to the next. It is handed anything a file of its version can hold, and must not throw. */
export type Migration = (file: RawCatalog) => RawCatalog;
