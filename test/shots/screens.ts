import type { Page } from 'playwright-core';
import type { Camera, Scene } from './camera.js';
import { withFurnished } from './furnished.js';

async function call(page: Page, tool: string, fill?: () => Promise<unknown>): Promise<void> {
  await page.getByRole('textbox', { name: 'Search tools' }).fill(tool);
  await page.getByRole('textbox', { name: 'Search tools' }).press('Enter');
  await page.getByRole('heading', { name: tool, exact: true }).waitFor();
  await fill?.();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await page.getByText('Answered', { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Result' }).scrollIntoViewIfNeeded();
}

function scenes(everything: string): Scene[] {
  const tab = (name: string): string => `#/servers/${everything}/${name}`;
  const tools = (name: string, open: Scene['open']): Scene => ({
    name: `tools${name}`,
    hash: tab('tools'),
    open: async (page) => {
      await page.getByRole('heading', { name: 'echo', exact: true }).waitFor();
      await open?.(page);
    },
  });
  const editor = async (page: Page): Promise<void> => {
    await page.getByText('JSON', { exact: true }).click();
    await page.locator('.cm-content').waitFor();
  };
  return [
    { name: 'patch-bay', hash: '#/' },
    {
      name: 'patch-bay-hover',
      hash: '#/',
      open: async (page) => {
        await page.getByRole('row', { name: /^memory/ }).hover();
      },
    },
    {
      name: 'patch-bay-focus',
      hash: '#/',
      open: (page) => page.getByRole('gridcell', { name: /^files in Letta/ }).focus(),
    },
    {
      name: 'overview',
      hash: tab('overview'),
      open: (page) => page.getByRole('heading', { name: 'Doctor' }).waitFor(),
    },
    {
      name: 'overview-doctor',
      hash: tab('overview'),
      open: async (page) => {
        await page.getByRole('button', { name: /^Check( again)?$/ }).click();
        await page.getByRole('button', { name: 'Check again' }).waitFor();
        await page.getByRole('button', { name: 'Check again' }).scrollIntoViewIfNeeded();
      },
    },
    { name: 'configure', hash: tab('configure') },
    {
      name: 'configure-unsaved',
      hash: tab('configure'),
      open: (page) => page.getByLabel('Name', { exact: true }).fill('everything else'),
    },
    { name: 'configure-json', hash: tab('configure'), open: editor },
    {
      name: 'configure-json-fault',
      hash: tab('configure'),
      open: async (page) => {
        await editor(page);
        await page.locator('.cm-line', { hasText: '"name"' }).click();
        await page.keyboard.press('End');
        await page.keyboard.type(' nonsense');
        await page.locator('.cm-lint-marker, .cm-diagnostic, .cm-lintRange').first().waitFor();
      },
    },
    tools('', undefined),
    tools('-text', (page) =>
      call(page, 'echo', () => page.getByRole('textbox', { name: 'message' }).fill('hello')),
    ),
    tools('-refused', async (page) => {
      await page.getByRole('button', { name: 'Call', exact: true }).click();
      await page.locator('[aria-invalid=true]').first().waitFor();
    }),
    tools('-picture', (page) => call(page, 'get-tiny-image')),
    tools('-structured', (page) =>
      call(page, 'get-structured-content', async () => {
        await page.getByLabel('location').click();
        await page.getByRole('option', { name: 'Chicago' }).click();
      }),
    ),
    tools('-links', (page) => call(page, 'get-resource-links')),
    tools('-json', async (page) => {
      await page
        .getByRole('group', { name: /arguments/i })
        .getByText('JSON')
        .click();
      await page.locator('.cm-content').waitFor();
    }),
    tools('-rules', async (page) => {
      await page.getByText('Rules for agents').click();
      await page.getByRole('row', { name: /echo/ }).waitFor();
    }),
    {
      name: 'resources',
      hash: tab('resources'),
      open: async (page) => {
        await page
          .getByRole('button', { name: /features\.md/ })
          .first()
          .click();
        await page.getByRole('button', { name: 'Read again' }).waitFor();
      },
    },
    {
      name: 'prompts',
      hash: tab('prompts'),
      open: (page) => page.getByRole('button', { name: 'Get', exact: true }).waitFor(),
    },
    {
      name: 'prompts-got',
      hash: tab('prompts'),
      open: async (page) => {
        await page.getByRole('button', { name: 'Get', exact: true }).click();
        await page
          .getByText(/^user$/i)
          .first()
          .waitFor();
      },
    },
    { name: 'logs', hash: tab('logs'), open: (page) => page.locator('.line').first().waitFor() },
    {
      name: 'history',
      hash: tab('history'),
      open: (page) => page.getByRole('heading', { name: 'Revision 1' }).waitFor(),
    },
    {
      name: 'remotes',
      hash: '#/remotes',
      open: (page) => page.getByRole('table').first().waitFor(),
    },
    { name: 'activity', hash: '#/activity', open: (page) => page.getByRole('link').first().waitFor() },
    {
      name: 'activity-nothing',
      hash: '#/activity',
      open: (page) => page.getByRole('textbox', { name: 'Filter activity' }).fill('no such thing'),
    },
    { name: 'settings', hash: '#/settings' },
    {
      name: 'settings-end',
      hash: '#/settings',
      open: (page) =>
        page.getByRole('region', { name: 'Backups' }).getByRole('button').last().scrollIntoViewIfNeeded(),
    },
    { name: 'unknown', hash: '#/nowhere' },
  ];
}

/** Every screen and every tab of a server that runs. */
export const screenStage = (camera: Camera): Promise<void> =>
  withFurnished((furnished) => camera.take(furnished, scenes(furnished.everything)));
