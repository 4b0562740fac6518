import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker';

// What the SDK imports as `@modelcontextprotocol/client/_shims`, chosen by the build instead of by an export condition.
// The one for Node brings Ajv, which makes code of the schemas that servers give, and is a third of what is loaded before
// the first of them is spoken to.

/** A failed `fetch()` is never the work of CORS outside a page. */
export const CORS_IS_POSSIBLE = false;
export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator };
