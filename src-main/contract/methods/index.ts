import { appMethods } from './app.js';
import { backupMethods } from './backups.js';
import { bundleMethods } from './bundles.js';
import type { InputOf, ParamsOf, ResultOf } from './define.js';
import { exchangeClientMethods } from './exchange-clients.js';
import { exchangeMethods } from './exchange.js';
import { remoteMethods } from './remotes.js';
import { runMethods } from './runs.js';
import { secretMethods } from './secrets.js';
import { serverMethods } from './servers.js';
import { updateMethods } from './updates.js';
import { toolChangeMethods } from './tool-changes.js';
import { trustMethods } from './trust.js';
import { undoMethods } from './undo.js';

/** Every method of INTERFACE §4, by name. Window, page, command line and tests drive the app through these alone. */
export const methods = {
  ...appMethods,
  ...serverMethods,
  ...runMethods,
  ...remoteMethods,
  ...exchangeMethods,
  ...bundleMethods,
  ...updateMethods,
  ...exchangeClientMethods,
  ...trustMethods,
  ...toolChangeMethods,
  ...undoMethods,
  ...backupMethods,
  ...secretMethods,
};

export type Methods = typeof methods;
export type MethodName = keyof Methods;
export type MethodInput<M extends MethodName> = InputOf<Methods[M]>;
export type MethodParams<M extends MethodName> = ParamsOf<Methods[M]>;
export type MethodResult<M extends MethodName> = ResultOf<Methods[M]>;

/** The code that answers each method. A missing or misnamed handler does not compile. */
export type Handlers = {
  [M in MethodName]: (params: MethodParams<M>) => Promise<MethodResult<M>> | MethodResult<M>;
};
