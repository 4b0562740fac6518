import type { Page } from 'playwright-core';
import type { Camera, Scene } from './camera.js';
import { withFurnished } from './furnished.js';

/** Pastes as a person does: the field hears of it before the text is in it. */
async function paste(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label).evaluate((field, words) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', words);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

async function palette(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Do something, or go to a server').fill(words);
}

async function mark(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) {
    await page.getByRole('rowheader', { name: new RegExp(`^${name}`) }).focus();
    await page.keyboard.press('Space');
  }
  await page.getByRole('toolbar', { name: 'For the selected servers' }).waitFor();
}

const PASTES = {
  pasted:
    '{"mcpServers": {"github": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"], "env": {"GITHUB_TOKEN": "ghp_example_token_of_nobody_0000000000"}}}}',
  several:
    '{"mcpServers": {"one": {"command": "npx", "args": ["one"]}, "two": {"command": "uvx", "args": ["two"]}}}',
  unclear: '{"mcpServers": {"github": ',
};

function scenes(everything: string): Scene[] {
  const add = (name: string, open: (page: Page) => Promise<unknown>): Scene => ({
    name: `add-server${name}`,
    hash: '#/',
    open: async (page) => {
      await page.keyboard.press('n');
      await page.getByRole('dialog', { name: 'Add server' }).waitFor();
      await open(page);
    },
  });
  const bay = (name: string, open: (page: Page) => Promise<unknown>): Scene => ({ name, hash: '#/', open });
  return [
    // Before anything is removed and brought back: the backups are of the last twenty edits.
    {
      name: 'backup',
      hash: '#/settings',
      open: async (page) => {
        await page
          .getByRole('button', { name: /^Look at the backup/ })
          .last()
          .click();
        await page.getByRole('dialog', { name: /^Backup of/ }).waitFor();
        await page.getByRole('dialog').getByRole('article').first().waitFor();
      },
    },
    bay('palette', async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('option').first().waitFor();
    }),
    bay('palette-search', (page) => palette(page, 'mem')),
    bay('palette-nothing', (page) => palette(page, 'nothing of that kind')),
    bay('keys', async (page) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    }),
    {
      name: 'keys-server',
      hash: `#/servers/${everything}/tools`,
      open: async (page) => {
        await page.getByRole('heading', { name: 'echo', exact: true }).waitFor();
        await page.keyboard.press('?');
        await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
      },
    },
    add('', async () => undefined),
    add('-pasted', async (page) => {
      await paste(page, 'Command line', PASTES.pasted);
      await page.getByText('Understood as a configuration.').waitFor();
    }),
    add('-several', async (page) => {
      await paste(page, 'Command line', PASTES.several);
      await page.getByText('That holds 2 servers').waitFor();
    }),
    add('-unclear', async (page) => {
      await paste(page, 'Command line', PASTES.unclear);
      await page
        .getByRole('dialog')
        .getByRole('alert')
        .or(page.getByRole('dialog').getByRole('status'))
        .first()
        .waitFor();
    }),
    add('-refused', async (page) => {
      await page.getByRole('dialog').getByRole('button', { name: 'Add server' }).click();
      await page.locator('[aria-invalid=true]').first().waitFor();
    }),
    add('-http', async (page) => {
      await page.getByText('Streamable HTTP').click();
      await page.getByLabel('URL').waitFor();
    }),
    bay('connect-remote', async (page) => {
      await palette(page, 'Connect remote');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Connect remote' }).waitFor();
    }),
    bay('connect-remote-refused', async (page) => {
      await palette(page, 'Connect remote');
      await page.keyboard.press('Enter');
      const form = page.getByRole('dialog', { name: 'Connect remote' });
      await form.getByLabel('Address').fill('http://letta.example.com');
      await form.getByText('Token', { exact: true }).click();
      await form.getByRole('button', { name: 'Connect' }).click();
      await form.locator('[aria-invalid=true]').or(form.getByRole('alert')).first().waitFor();
    }),
    bay('row-menu', async (page) => {
      await page.getByRole('rowheader', { name: /^memory/ }).focus();
      await page.keyboard.press('Shift+F10');
      await page.getByRole('menu').waitFor();
    }),
    bay('column-menu', async (page) => {
      await page.getByRole('columnheader', { name: 'Letta' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menu').waitFor();
    }),
    bay('view-menu', async (page) => {
      await page.getByRole('button', { name: 'View', exact: true }).click();
      await page.getByRole('menu').waitFor();
    }),
    bay('selected', (page) => mark(page, 'files', 'memory')),
    bay('selected-patch', async (page) => {
      await mark(page, 'files', 'memory');
      await page.getByRole('button', { name: 'Patch into' }).click();
      await page.getByRole('menu').waitFor();
    }),
    bay('tag', async (page) => {
      await mark(page, 'files', 'memory');
      await page.getByRole('button', { name: 'Tag' }).click();
      await page.getByRole('dialog', { name: 'Tag 2 servers' }).waitFor();
    }),
    bay('delete-many', async (page) => {
      await mark(page, 'files', 'memory');
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('alertdialog').waitFor();
    }),
    bay('save-view', async (page) => {
      await palette(page, 'Save this view');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Save this view' }).waitFor();
    }),
    bay('filter', async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('demo');
    }),
    bay('filter-nothing', async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('no such thing');
    }),
    {
      ...bay('grouped', async (page) => {
        await palette(page, 'Group by tag');
        await page.keyboard.press('Enter');
        await page.getByRole('rowheader', { name: 'Without a tag' }).waitFor();
      }),
      after: async (page) => {
        await palette(page, 'Do not group');
        await page.keyboard.press('Enter');
        await page.getByRole('rowheader', { name: 'Without a tag' }).waitFor({ state: 'detached' });
      },
    },
    bay('tooltip', async (page) => {
      await page
        .getByRole('navigation', { name: 'Main' })
        .getByRole('button', { name: /^Add server/ })
        .focus();
      await page.getByRole('tooltip').or(page.locator('.jf-tooltip')).first().waitFor();
    }),
    {
      ...bay('patching', async (page) => {
        await page.getByRole('gridcell', { name: 'files in Bifrost: Not patched' }).click();
        await page
          .getByRole('dialog')
          .getByRole('table')
          .or(page.getByRole('dialog').getByRole('alert'))
          .first()
          .waitFor();
      }),
      // A panel that is closed takes back what it began.
      after: async (page) => {
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      },
    },
    bay('unpatching', async (page) => {
      await page.getByRole('gridcell', { name: 'everything in Bifrost: In sync' }).click();
      await page.getByRole('button', { name: 'Unpatch…' }).click();
      await page.getByRole('button', { name: 'Cancel' }).last().waitFor();
    }),
    {
      name: 'remote-menu',
      hash: '#/remotes',
      open: async (page) => {
        await page.getByRole('table').first().waitFor();
        await page.getByRole('button', { name: /^Actions for/ }).click();
        await page.getByRole('menu').waitFor();
      },
    },
    {
      name: 'remote-removed',
      hash: '#/remotes',
      open: async (page) => {
        await page.getByRole('table').first().waitFor();
        await page.getByRole('button', { name: /^Actions for/ }).click();
        await page.getByRole('menuitem', { name: 'Remove' }).click();
        await page.getByRole('button', { name: 'Undo' }).waitFor();
      },
      after: async (page) => {
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByRole('link', { name: /Bifrost/ }).waitFor();
      },
    },
    {
      name: 'remote-history',
      hash: '#/remotes',
      open: async (page) => {
        await page.getByRole('table').first().waitFor();
        await page.getByRole('button', { name: /^Actions for/ }).click();
        await page.getByRole('menuitem', { name: 'History' }).click();
        await page.getByRole('heading', { name: /^Revision/ }).waitFor();
      },
    },
    {
      name: 'saved-calls',
      hash: `#/servers/${everything}/tools`,
      open: async (page) => {
        await page.getByRole('heading', { name: 'echo', exact: true }).waitFor();
        await page.getByRole('button', { name: 'Saved calls' }).click();
        await page.getByRole('dialog', { name: 'Saved calls' }).waitFor();
      },
    },
    {
      name: 'language',
      hash: '#/settings',
      open: async (page) => {
        await page.getByLabel('Language').click();
        await page.getByRole('listbox').waitFor();
      },
    },
    {
      ...bay('deleted', async (page) => {
        await page.getByRole('rowheader', { name: /^linear/ }).focus();
        await page.keyboard.press('Shift+F10');
        await page.getByRole('menuitem', { name: 'Delete' }).click();
        await page.getByRole('button', { name: 'Undo' }).waitFor();
      }),
      after: async (page) => {
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByRole('rowheader', { name: /^linear/ }).waitFor();
      },
    },
  ];
}

/** Dialogs, menus, lists and messages that lie over the screens. */
export const dialogStage = (camera: Camera): Promise<void> =>
  withFurnished((furnished) => camera.take(furnished, scenes(furnished.everything)));
