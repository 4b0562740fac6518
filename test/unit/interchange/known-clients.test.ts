import { MCPConfigRegistry, type ClientId } from '@gleanwork/mcp-config-schema';
import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src-main/interchange/clients/client-spec.js';
import { CLIENTS } from '../../../src-main/interchange/clients/index.js';

// A second opinion on where clients keep their files. The package also writes them, but anew and as a whole, so only
// what it knows is of use here.

const registry = new MCPConfigRegistry();

/** Our word to the package's. */
const SAME: Record<string, ClientId> = {
  'claude-desktop': 'claude-desktop',
  'claude-code': 'claude-code',
  cursor: 'cursor',
  vscode: 'vscode',
  windsurf: 'windsurf',
  codex: 'codex',
  'gemini-cli': 'gemini',
  goose: 'goose',
  junie: 'junie',
  opencode: 'opencode',
};

/** Where it is wrong: on Windows Goose's own documentation says %APPDATA%\Block\goose\config\config.yaml. */
const DIFFERENT = new Set(['goose win32']);

const PLACES: Record<string, Place> = {
  linux: { platform: 'linux', home: '/home/me', env: {} },
  darwin: { platform: 'darwin', home: '/Users/me', env: {} },
  win32: { platform: 'win32', home: 'C:\\Users\\me', env: {} },
};

const expanded = (path: string, { home }: Place): string =>
  path
    .replace('$HOME', home)
    .replace('%USERPROFILE%', home)
    .replace('%APPDATA%', `${home}\\AppData\\Roaming`);

const cases = Object.entries(SAME).flatMap(([word, id]) =>
  Object.keys(PLACES).map((platform) => ({ word, id, platform })),
);

describe('where clients keep their files', () => {
  it.each(cases.filter(({ word, platform }) => !DIFFERENT.has(`${word} ${platform}`)))(
    '$word on $platform',
    ({ word, id, platform }) => {
      const place = PLACES[platform] as Place;
      const theirs = registry.getConfig(id)?.configPath as Record<string, string> | undefined;
      const ours = CLIENTS.find((client) => client.word === word)?.paths(place);
      expect(ours?.at(-1)).toBe(expanded(theirs?.[platform] ?? 'unknown', place));
    },
  );
});

describe('the list of clients', () => {
  it('has a word of its own for each, and a source for what it says', () => {
    expect(new Set(CLIENTS.map(({ word }) => word)).size).toBe(CLIENTS.length);
    for (const { word, source, seen } of CLIENTS) {
      expect(word).toMatch(/^[a-z][a-z-]*$/);
      expect(source).toMatch(/^https:\/\//);
      expect(seen).toMatch(/\d/);
    }
  });

  it.each([
    ['zed', 'linux', '/xdg/zed/settings.json'],
    ['zed', 'darwin', '/home/me/.config/zed/settings.json'],
    ['goose', 'linux', '/xdg/goose/config.yaml'],
    ['goose', 'darwin', '/xdg/goose/config.yaml'],
  ] as const)('%s on %s, where XDG_CONFIG_HOME is set', (word, platform, path) => {
    const client = CLIENTS.find((candidate) => candidate.word === word);
    const env = { XDG_CONFIG_HOME: '/xdg' };
    expect(client?.paths({ platform, home: '/home/me', env })).toEqual([path]);
  });

  it('asks the environment only for absolute paths', () => {
    const env = Object.fromEntries(
      [
        'XDG_CONFIG_HOME',
        'CODEX_HOME',
        'CLAUDE_CONFIG_DIR',
        'COPILOT_HOME',
        'CLINE_DIR',
        'OPENCODE_CONFIG',
        'GOOSE_PATH_ROOT',
        'FLATPAK_XDG_CONFIG_HOME',
      ].map((name) => [name, 'relative']),
    );
    for (const client of CLIENTS)
      for (const path of client.paths({ platform: 'linux', home: '/home/me', env }))
        expect(path).toMatch(/^\/home\/me\//);
  });
});
