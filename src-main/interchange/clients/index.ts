import { claudeCode, claudeCodeProject } from './claude-code.js';
import { claudeDesktop } from './claude-desktop.js';
import type { ClientSpec } from './client-spec.js';
import { cursor, cursorProject } from './cursor.js';
import { vscode, vscodeInsiders, vscodeWorkspace } from './vscode.js';

/** Every client whose file Jackfield reads and writes, in the order they are shown. */
export const CLIENTS: readonly ClientSpec[] = [
  claudeDesktop,
  claudeCode,
  cursor,
  vscode,
  vscodeInsiders,
  claudeCodeProject,
  cursorProject,
  vscodeWorkspace,
];
