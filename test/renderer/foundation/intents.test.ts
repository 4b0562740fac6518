import { describe, expect, it } from 'vitest';
import { INTENT_COMMANDS } from '../../../src-main/contract/index.js';
import { commands } from '../../../src-renderer/state/commands.svelte.js';
import { dialogs } from '../../../src-renderer/state/dialogs.svelte.js';
import { FakeHost, fakeServer } from '../fake-host.js';
import { openWindow, screen, waitFor } from './window.js';

describe('what a native menu, a link or a file asks for', () => {
  it('is known to the page, each command by its id', async () => {
    await openWindow();
    const known = commands.all.map(({ id }) => id);
    expect(INTENT_COMMANDS.filter((id) => !known.includes(id))).toEqual([]);
  });

  it('runs a command of the page', async () => {
    const host = await openWindow();
    host.notify('intent.received', { intent: { kind: 'command', command: 'server.add' } });
    await screen.findByRole('dialog', { name: /add server/i });
    host.notify('intent.received', { intent: { kind: 'command', command: 'palette' } });
    await waitFor(() => expect(dialogs.palette).toBe(true));
    host.notify('intent.received', { intent: { kind: 'command', command: 'go.settings' } });
    await waitFor(() => expect(window.location.hash).toBe('#/settings'));
  });

  it('leads to a server', async () => {
    const host = new FakeHost();
    const server = fakeServer({ name: 'one' });
    host.snapshot.servers = [server];
    await openWindow(host);
    host.notify('intent.received', { intent: { kind: 'server', serverId: server.id } });
    await waitFor(() => expect(window.location.hash).toBe(`#/servers/${server.id}/overview`));
  });

  it('brings text to the import screen, where it is shown before anything is done', async () => {
    const host = await openWindow();
    const source = { text: '{"mcpServers":{}}', fileName: 'install link' };
    host.handlers['import.preview'] = () => ({ items: [], problems: ['Nothing in it.'] });
    host.notify('intent.received', { intent: { kind: 'import', ...source } });
    await waitFor(() => expect(host.called('import.preview')).toEqual({ source }));
    expect(window.location.hash).toBe('#/import');
    expect(host.calls.map(({ method }) => method)).not.toContain('import.apply');
  });
});
