export * from './catalog-file.js';
export * from './errors.js';
export * from './fix.js';
export * from './intent.js';
export * from './methods/app.js';
export type { BackupDifference, BackupEntry, BackupPreview } from './methods/backups.js';
export type { Bundle, BundleField } from './methods/bundles.js';
export * from './methods/define.js';
export * from './methods/exchange-clients.js';
export * from './methods/exchange-words.js';
export * from './methods/exchange.js';
export * from './methods/index.js';
export type { UpdateState } from './methods/updates.js';
export type { MisplacedSecret, PlainSecret } from './methods/secrets.js';
export type { LeftEntry, ServerRevision } from './methods/servers.js';
export type { ToolResult } from './methods/runs.js';
export type { ToolChange, ToolFace } from './methods/tool-changes.js';
export { NOT_FOR_PAGES, type CommandLine, type TrustState } from './methods/trust.js';
export type {
  EditEntry,
  EditList,
  LinkRevision,
  RemoteRevision,
  RemovedEntity,
  Undone,
} from './methods/undo.js';
export * from './notifications.js';
export * from './parse.js';
export * from './remote.js';
export * from './run.js';
export type { SavedCall } from './saved-call.js';
export * from './server.js';
export * from './settings.js';
export * from './value.js';
