/** The version of `catalog.json` that this Jackfield writes. By itself, for who must not load the schemas. */
export const SCHEMA_VERSION = 1;
