import { RemoteFailure } from '../http/failure.js';

export const NO_STORE = {
  code: 'unsupported' as const,
  message: 'Its configuration store is switched off: it lists nothing and takes no changes.',
  hint: 'Set config_store.enabled to true in the gateway’s config.json and start it again.',
};

/** A gateway without a store answers 503 to every write. That is none that is busy: waiting changes nothing. */
export function knownRefusal({ status, message }: RemoteFailure): RemoteFailure | undefined {
  if (status !== 503 || !/config store/i.test(message)) return undefined;
  return new RemoteFailure(NO_STORE.code, NO_STORE.message, NO_STORE.hint, { status });
}
