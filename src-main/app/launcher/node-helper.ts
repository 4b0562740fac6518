// By itself: a host that launches one server must not load the rest of the app for it.
export { launchNodeHelper } from '../../vault/node-helper.js';
