import { commonDialect } from '../dialect/dialect.js';
import { noReferences } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inAppData, inLocalAppData } from './places.js';

/**
 * Starts programs only; remote servers are added as connectors in its settings, or reached through mcp-remote. It puts
 * nothing in for `${NAME}`, so a secret can stand in its file in plain text only.
 * On Windows it comes as a package (MSIX), which sees a private copy of %APPDATA%: that is the file it reads.
 *
 * File: https://modelcontextprotocol.io/docs/develop/connect-local-servers
 * Package: https://github.com/anthropics/claude-code/issues/26073
 */
export const claudeDesktop: ClientSpec = {
  word: 'claude-desktop',
  title: 'Claude Desktop',
  source: 'https://modelcontextprotocol.io/docs/develop/connect-local-servers',
  seen: '2026-11-21',
  paths: (place) => {
    const usual = inAppData(place, 'Claude', 'claude_desktop_config.json');
    if (place.platform !== 'win32') return [usual];
    const packaged = ['Packages', 'Claude_pzs8sxrjxfjjc', 'LocalCache', 'Roaming', 'Claude'];
    return [inLocalAppData(place, ...packaged, 'claude_desktop_config.json'), usual];
  },
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({
    transports: ['stdio'],
    references: noReferences,
    bridge: true,
    wrapsScriptsOnWindows: true,
  }),
  afterwards: 'Quit Claude Desktop and start it again.',
};
