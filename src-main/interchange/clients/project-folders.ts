import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readClientFile } from '../client-file.js';
import { formatOf } from '../formats/index.js';
import { isMap, valueAt } from '../plain.js';
import { claudeCode } from './claude-code.js';
import type { Place } from './client-spec.js';
import { inAppData, isAbsolute } from './places.js';

/** Enough for anybody; each costs a look at the disk at every scan. */
const MOST = 300;

/** Editors that write down, one small file each, which folders were opened in them. */
const EDITORS = ['Code', 'Code - Insiders', 'Cursor', 'Windsurf', 'Kiro'];

/** Folders the person works in, as their AI clients remember them. Project files are looked for there alone. */
export async function projectFolders(place: Place): Promise<string[]> {
  const [claude, ...editors] = await Promise.all([
    foldersOfClaude(place),
    ...EDITORS.map((editor) => foldersOfEditor(place, editor)),
  ]);
  const folders = [...claude, ...editors.flat()].filter((folder) => isAbsolute(place, folder));
  return [...new Set(folders)].slice(0, MOST);
}

async function foldersOfClaude(place: Place): Promise<string[]> {
  const path = claudeCode.paths(place).at(-1);
  try {
    const { text } = await readClientFile(path ?? '');
    const projects = valueAt(formatOf('json').read(text), ['projects']);
    return isMap(projects) ? Object.keys(projects) : [];
  } catch {
    return [];
  }
}

async function foldersOfEditor(place: Place, editor: string): Promise<string[]> {
  const folder = inAppData(place, editor, 'User', 'workspaceStorage');
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.slice(0, MOST).map((name) =>
      readClientFile(inAppData(place, editor, 'User', 'workspaceStorage', name, 'workspace.json'))
        .then(({ text }) => folderOf(text))
        .catch(() => undefined),
    ),
  );
  return found.filter((path) => path !== undefined);
}

/** `{ "folder": "file:///home/me/project" }`; a folder on another computer has another scheme. */
function folderOf(text: string): string | undefined {
  const content: unknown = JSON.parse(text);
  const folder =
    typeof content === 'object' && content !== null && 'folder' in content ? content.folder : undefined;
  return typeof folder === 'string' && folder.startsWith('file:') ? fileURLToPath(folder) : undefined;
}
