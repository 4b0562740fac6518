import { config } from 'zod';
import {
  parse,
  serverInputSchema,
  type Fault,
  type ServerInput,
} from '../../../../src-main/contract/index.js';

// zod makes its fastest parsers from text, which the content security policy refuses; it is told not to try.
config({ jitless: true });

/** The host's own rules for a server, asked here while it is typed. Id and revision are the host's to give. */
export function checkServer(input: unknown): { ok: true; value: ServerInput } | { ok: false; fault: Fault } {
  const isMap = typeof input === 'object' && input !== null && !Array.isArray(input);
  if (!isMap) {
    return {
      ok: false,
      fault: { kind: 'wrong_shape', issues: [{ path: '', message: 'must be an object: { … }' }] },
    };
  }
  const { id: _id, revision: _revision, origin: _origin, ...server } = input as Record<string, unknown>;
  return parse(serverInputSchema, server);
}
