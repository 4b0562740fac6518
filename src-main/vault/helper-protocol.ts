// What the vault and the keychain's helper process say to each other. Both are built together, so the messages need
// no versions; they stay plain data, since one of the two channels is JSON.

export type KeychainOp =
  | { op: 'get'; account: string }
  | { op: 'set'; account: string; password: string }
  | { op: 'delete'; account: string };

export type HelperRequest = KeychainOp & { id: number };

/** `get`: the password or null. `delete`: whether something was deleted. `set`: null. */
export type HelperAnswer =
  | { id: number; ok: true; result: string | boolean | null }
  | { id: number; ok: false; message: string; addonMissing?: true };

/** The service under which everything of ours stands in the keychain (INTERFACE §5). */
export const SERVICE = 'Jackfield';
