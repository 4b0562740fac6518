import { commonDialect, type Dialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import { isMap, valueAt, type PlainMap } from '../plain.js';
import type { Branch, ClientSpec } from './client-spec.js';
import { inHome, inVariable } from './places.js';

/**
 * `${NAME}` and `${NAME:-default}` are put in for command, args, env, url and headers. Names are letters, digits, `-`
 * and `_`. On Windows itself (not WSL) `npx` needs `cmd /c` before it.
 *
 * https://code.claude.com/docs/en/mcp
 */
const dialect: Dialect = commonDialect({
  fields: { type: 'type' },
  typeWords: { stdio: 'stdio', sse: 'sse', streamable_http: 'http' },
  references: envBraces,
  wrapsScriptsOnWindows: true,
});

const shared = {
  source: 'https://code.claude.com/docs/en/mcp',
  seen: '2026-11-21',
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect,
  names: { allowed: /[A-Za-z0-9_-]/, filler: '-' },
  afterwards: 'Start a new Claude Code session.',
} as const satisfies Partial<ClientSpec>;

/** Local scope: servers of one folder, in the person's own file. */
function foldersIn(root: PlainMap): Branch[] {
  const projects = valueAt(root, ['projects']) ?? null;
  if (!isMap(projects)) return [];
  return Object.entries(projects).flatMap(([folder, project]): Branch[] => {
    const servers = valueAt(project, ['mcpServers']) ?? null;
    if (!isMap(servers) || Object.keys(servers).length === 0) return [];
    return [{ id: folder, title: `Claude Code: ${folder}`, at: ['projects', folder, 'mcpServers'] }];
  });
}

/** User scope: `~/.claude.json`, which also holds the client's whole state; CLAUDE_CONFIG_DIR moves it. */
export const claudeCode: ClientSpec = {
  ...shared,
  word: 'claude-code',
  title: 'Claude Code',
  branches: foldersIn,
  paths: (place) =>
    place.env['CLAUDE_CONFIG_DIR']
      ? [inVariable(place, 'CLAUDE_CONFIG_DIR', [], '.claude.json')]
      : [inHome(place, '.claude.json')],
};

/** Project scope: `.mcp.json`, which teams commit. */
export const claudeCodeProject: ClientSpec = {
  ...shared,
  word: 'claude-code-project',
  title: 'Claude Code (project)',
  paths: () => [],
  inProject: '.mcp.json',
};
