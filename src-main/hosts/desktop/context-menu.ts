import {
  clipboard,
  Menu,
  shell,
  type BrowserWindow,
  type ContextMenuParams,
  type MenuItemConstructorOptions,
} from 'electron';
import { externalUrl } from './page-origin.js';

/** The standard entries for text; nothing where there is nothing to do, so that the page's own menus are alone. */
export function contextTemplate({
  isEditable,
  editFlags,
  selectionText,
  linkURL,
}: Pick<
  ContextMenuParams,
  'isEditable' | 'editFlags' | 'selectionText' | 'linkURL'
>): MenuItemConstructorOptions[] {
  const items: MenuItemConstructorOptions[] = [];
  const link = externalUrl(linkURL);
  if (link)
    items.push(
      { label: 'Open link in browser', click: () => void shell.openExternal(link) },
      { label: 'Copy link', click: () => void clipboard.writeText(link) },
    );
  if (link && (isEditable || selectionText.trim() !== '')) items.push({ type: 'separator' });
  if (isEditable)
    items.push(
      { role: 'undo', enabled: editFlags.canUndo },
      { role: 'redo', enabled: editFlags.canRedo },
      { type: 'separator' },
      { role: 'cut', enabled: editFlags.canCut },
      { role: 'copy', enabled: editFlags.canCopy },
      { role: 'paste', enabled: editFlags.canPaste },
      { type: 'separator' },
      { role: 'selectAll', enabled: editFlags.canSelectAll },
    );
  else if (selectionText.trim() !== '') items.push({ role: 'copy' }, { role: 'selectAll' });
  return items;
}

export function setupContextMenu(window: BrowserWindow): void {
  window.webContents.on('context-menu', (_event, params) => {
    const template = contextTemplate(params);
    if (template.length === 0) return;
    const { x, y, menuSourceType, frame } = params;
    Menu.buildFromTemplate(template).popup({
      window,
      // Asked for by the keyboard it belongs to the caret, not to where the mouse happens to be.
      ...(menuSourceType === 'keyboard' && { x, y }),
      sourceType: menuSourceType,
      ...(frame && { frame }),
    });
  });
}
