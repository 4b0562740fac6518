import { amazonQ, amazonQProject } from './amazon-q.js';
import { bifrostFile } from './bifrost.js';
import { claudeCode, claudeCodeProject } from './claude-code.js';
import { claudeDesktop } from './claude-desktop.js';
import type { ClientSpec } from './client-spec.js';
import { cline } from './cline.js';
import { codex, codexProject } from './codex.js';
import { continueDev } from './continue.js';
import { copilotCli } from './copilot-cli.js';
import { cursor, cursorProject } from './cursor.js';
import { geminiCli, geminiCliProject } from './gemini-cli.js';
import { goose } from './goose.js';
import { junie, junieProject } from './junie.js';
import { kiro, kiroProject } from './kiro.js';
import { lettaCode } from './letta-code.js';
import { lmStudio } from './lm-studio.js';
import { mcpHub } from './mcp-hub.js';
import { mcporter, mcporterProject } from './mcporter.js';
import { openCode, openCodeProject } from './opencode.js';
import { rooCode, rooCodeProject } from './roo-code.js';
import { vscode, vscodeInsiders, vscodeWorkspace } from './vscode.js';
import { warp, warpProject } from './warp.js';
import { windsurf } from './windsurf.js';
import { zed, zedProject } from './zed.js';

/**
 * Every client whose file Jackfield reads and writes, in the order they are shown. Cherry Studio is not among them: it
 * keeps its servers in the database of its window, from version 2 on in one of its own. What it shares as text or as an
 * install link is understood.
 *
 * https://github.com/CherryHQ/cherry-studio/blob/main/src/renderer/src/store/mcp.ts (version 1, commit 8c9f918)
 * https://github.com/CherryHQ/cherry-studio/blob/main/src/main/data/db/schemas/mcpServer.ts (version 2, ebc1678)
 */
export const CLIENTS: readonly ClientSpec[] = [
  claudeDesktop,
  claudeCode,
  cursor,
  vscode,
  vscodeInsiders,
  windsurf,
  zed,
  cline,
  rooCode,
  continueDev,
  codex,
  geminiCli,
  copilotCli,
  openCode,
  goose,
  lmStudio,
  junie,
  kiro,
  warp,
  amazonQ,
  lettaCode,
  mcpHub,
  mcporter,
  bifrostFile,
  claudeCodeProject,
  cursorProject,
  vscodeWorkspace,
  zedProject,
  rooCodeProject,
  codexProject,
  geminiCliProject,
  openCodeProject,
  junieProject,
  kiroProject,
  warpProject,
  amazonQProject,
  mcporterProject,
];
