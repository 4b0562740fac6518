import { Host } from '../support/host.js';
import type { Camera } from './camera.js';

/** What somebody sees who has just begun, and what every screen says while it is empty. */
export async function firstStage(camera: Camera): Promise<void> {
  await using host = await Host.start({ env: { HOME: '/nonexistent', XDG_CONFIG_HOME: '' } });
  await host.client.call('settings.update', { patch: { secretStorage: 'session' } });
  await camera.take(host, [
    { name: 'patch-bay', hash: '#/' },
    { name: 'remotes', hash: '#/remotes' },
    { name: 'import', hash: '#/import' },
    {
      name: 'import-nothing-there',
      hash: '#/import',
      open: async (page) => {
        await page.getByRole('textbox', { name: 'Configuration' }).fill('{"theme": "dark"}');
        await page.getByRole('button', { name: 'Preview', exact: true }).first().click();
        await page.getByText('No servers in there').waitFor();
      },
    },
    { name: 'activity', hash: '#/activity' },
    { name: 'settings', hash: '#/settings' },
    { name: 'server-unknown', hash: '#/servers/none' },
  ]);
}
