export { HttpAttempt } from '../http-attempt.js';
export { ChildTransport } from './child-transport.js';
export { handshakeFailed } from './handshake-failed.js';
export { isNetworkFault, isSessionExpired } from './http-faults.js';
export { TappedTransport } from './protocol-log.js';
export { explainRequestError } from './request-errors.js';
export { Session } from './session.js';
