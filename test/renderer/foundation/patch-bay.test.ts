import { describe, expect, it } from 'vitest';
import type { Link, Step } from '../../../src-main/contract/index.js';
import { removeAll } from '../../../src-renderer/screens/patch-bay/bulk-actions.js';
import { catalog } from '../../../src-renderer/state/catalog.svelte.js';
import { FakeFault, FakeHost, fakeRemote, fakeServer } from '../fake-host.js';
import { click, dialog, openWindow, press, screen, type, waitFor, within } from './window.js';

function bay(links: Partial<Record<string, Link['state']>> = {}): FakeHost {
  const host = new FakeHost();
  for (const [id, name] of [
    ['a', 'alpha'],
    ['b', 'beta'],
    ['c', 'gamma'],
  ] as const) {
    host.putServer(fakeServer({ id, name, tags: id === 'b' ? ['web'] : [] }));
  }
  host.putRemote(fakeRemote({ id: 'l', name: 'Letta' }));
  host.putRemote(fakeRemote({ id: 'm', kind: 'bifrost', name: 'Mesh', baseUrl: 'https://mesh.example' }));
  for (const [cell, state] of Object.entries(links)) {
    const [serverId = '', remoteId = ''] = cell.split('-');
    host.putLink({
      id: cell,
      serverId,
      remoteId,
      remoteEntryId: 'e',
      remoteName: serverId,
      state: state ?? 'unknown',
    });
  }
  return host;
}

const step = (linkId: string, more: Partial<Step>): Step => ({
  linkId,
  action: 'update',
  changes: [{ field: 'transport.command', local: 'npx', remote: 'node' }],
  losses: [],
  warnings: [],
  ...more,
});

const jack = (name: string | RegExp): HTMLElement => screen.getByRole('gridcell', { name });
const focused = (): string | null | undefined => document.activeElement?.getAttribute('aria-label');

describe('the grid', () => {
  it('tells rows, columns and the state of every jack', async () => {
    await openWindow(bay({ 'a-l': 'in_sync', 'b-l': 'conflict', 'c-m': 'queued' }));
    const grid = screen.getByRole('grid', { name: 'Patch bay' });
    expect(grid.getAttribute('aria-rowcount')).toBe('4');
    expect(
      within(grid)
        .getAllByRole('columnheader')
        .map((head) => head.textContent?.trim()),
    ).toEqual(['Server', 'This computer', 'Letta', 'Mesh']);
    expect(within(grid).getAllByRole('rowheader')).toHaveLength(3);
    expect(jack('alpha in Letta: In sync')).toBeTruthy();
    expect(jack('beta in Letta: Changed on both sides')).toBeTruthy();
    expect(jack('gamma in Mesh: Queued')).toBeTruthy();
    expect(jack('alpha in Mesh: Not patched')).toBeTruthy();
  });

  it('has one stop for Tab, and is walked by arrows', async () => {
    await openWindow(bay());
    const grid = screen.getByRole('grid');
    const stops = grid.querySelectorAll('[tabindex="0"]');
    expect(stops).toHaveLength(1);
    (stops[0] as HTMLElement).focus();
    const walk = async (key: string, init?: KeyboardEventInit): Promise<void> => {
      await press(document.activeElement as Element, key, init);
    };
    await walk('ArrowRight');
    await walk('ArrowRight');
    await waitFor(() => expect(focused()).toBe('alpha in Letta: Not patched'));
    await walk('ArrowDown');
    await waitFor(() => expect(focused()).toBe('beta in Letta: Not patched'));
    await walk('End', { ctrlKey: true });
    await waitFor(() => expect(focused()).toBe('gamma in Mesh: Not patched'));
    await walk('ArrowRight');
    await waitFor(() => expect(focused()).toBe('gamma in Mesh: Not patched'));
    await walk('Home');
    await waitFor(() => expect(document.activeElement?.getAttribute('role')).toBe('rowheader'));
    await walk('Enter');
    await waitFor(() => expect(window.location.hash).toBe('#/servers/c/overview'));
  });

  it('starts and stops from the column of this computer', async () => {
    const host = await openWindow(bay());
    const cell = screen.getAllByRole('gridcell').find((found) => found.dataset.column === '1') as HTMLElement;
    cell.focus();
    await press(cell, 'Enter');
    await waitFor(() => expect(host.run('a').state).toBe('running'));
    await within(cell).findByText('13 tools');
    await click(within(cell).getByRole('button', { name: 'Stop alpha' }));
    await waitFor(() => expect(host.run('a').state).toBe('stopped'));
  });

  it('tells of a start that failed, and leads to the server', async () => {
    const host = await openWindow(bay());
    host.handlers['run.start'] = ({ serverId }) => {
      const error = {
        code: 'start_failed',
        message: 'The command “npx” was not found.',
        hint: 'Install Node.',
      };
      host.setRun({ serverId, state: 'failed', restarts: 0, error });
      throw new FakeFault('start_failed', error.message, error.hint);
    };
    await click(screen.getByRole('button', { name: 'Start alpha' }));
    expect(await screen.findByText('The command “npx” was not found.')).toBeTruthy();
    await click(screen.getByRole('button', { name: 'Open' }));
    await waitFor(() => expect(window.location.hash).toBe('#/servers/a/overview'));
  });

  it('filters by name, tag, command and state', async () => {
    const host = bay();
    host.setRun({ serverId: 'c', state: 'failed', restarts: 0 });
    await openWindow(host);
    await press(window, '/');
    const filter = screen.getByRole('textbox', { name: 'Filter servers' });
    expect(document.activeElement).toBe(filter);
    const names = (): (string | undefined)[] =>
      screen.queryAllByRole('rowheader').map((head) => head.querySelector('a')?.textContent ?? undefined);
    await type(filter, '#web');
    expect(names()).toEqual(['beta']);
    await type(filter, 'failed');
    expect(names()).toEqual(['gamma']);
    await type(filter, 'server-everything alp');
    expect(names()).toEqual(['alpha']);
    await type(filter, 'nothing at all');
    const grid = screen.getByRole('grid');
    const [row] = within(grid).getAllByRole('rowheader');
    await screen.findByText('No server matches “nothing at all”');
    expect(grid.inert).toBe(true);
    await press(filter, 'ArrowDown');
    expect(document.activeElement).toBe(filter);
    await click(screen.getAllByRole('button', { name: 'Clear the filter' }).at(-1) as HTMLElement);
    expect(names()).toHaveLength(3);
    // What was found before is shown again by the same elements: new ones would take longer than a key may.
    expect(grid.inert).toBe(false);
    expect(within(grid).getAllByRole('rowheader')).toContain(row);
  });

  it('draws a screenful of 5,000 servers, not all of them', async () => {
    const host = new FakeHost();
    for (let index = 0; index < 5_000; index += 1)
      host.snapshot.servers.push(fakeServer({ name: `server ${index}` }));
    await openWindow(host);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('5001');
    expect(screen.getAllByRole('rowheader').length).toBeLessThan(80);
  });
});

describe('patching', () => {
  it('makes the link, shows the plan, and writes only after a yes', async () => {
    const host = await openWindow(bay());
    await click(jack('alpha in Letta: Not patched'));
    const panel = await dialog('alpha → Letta');
    await within(panel).findByText('Command');
    expect(host.called('sync.apply')).toBeUndefined();
    await click(within(panel).getByRole('button', { name: 'Patch' }));
    await within(panel).findByText(/Written, read back and compared/);
    await click(within(panel).getAllByRole('button', { name: 'Close' }).at(-1) as HTMLElement);
    await waitFor(() => expect(jack('alpha in Letta: In sync')).toBeTruthy());
    expect(host.called('link.remove')).toBeUndefined();
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const host = await openWindow(bay());
    await click(jack('alpha in Letta: Not patched'));
    const panel = await dialog('alpha → Letta');
    await click(await within(panel).findByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(host.snapshot.links).toHaveLength(0));
    expect(host.called('link.remove')).not.toHaveProperty('deleteRemote', true);
  });

  it('keeps a link that was there before when it is cancelled', async () => {
    const host = bay({ 'a-l': 'local_ahead' });
    host.handlers['sync.plan'] = () => ({ steps: [step('a-l', {})] });
    await openWindow(host);
    await click(jack('alpha in Letta: Changed here'));
    const panel = await dialog('alpha → Letta');
    await click(await within(panel).findByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(host.snapshot.links).toHaveLength(1);
  });

  it('asks for a side before it settles a conflict', async () => {
    const host = bay({ 'a-l': 'conflict' });
    host.handlers['sync.plan'] = () => ({ steps: [step('a-l', { action: 'conflict' })] });
    await openWindow(host);
    await click(jack('alpha in Letta: Changed on both sides'));
    const panel = await dialog('alpha → Letta');
    const resolve = (await within(panel).findByRole('button', { name: 'Resolve' })) as HTMLButtonElement;
    expect(resolve.disabled).toBe(true);
    await click(within(panel).getByLabelText('What is on Letta'));
    expect(resolve.disabled).toBe(false);
    await click(resolve);
    await waitFor(() =>
      expect(host.called('sync.apply')).toMatchObject({ linkIds: ['a-l'], resolve: { 'a-l': 'remote' } }),
    );
  });

  it('asks for consent, and sends it', async () => {
    const host = bay({ 'a-l': 'local_ahead' });
    host.handlers['sync.plan'] = () => ({
      steps: [step('a-l', { action: 'replace', requiresConsent: ['replace', 'rename'] })],
    });
    await openWindow(host);
    await click(jack('alpha in Letta: Changed here'));
    const panel = await dialog('alpha → Letta');
    const sync = (await within(panel).findByRole('button', { name: 'Sync' })) as HTMLButtonElement;
    await click(within(panel).getByLabelText(/^Replace the entry/));
    expect(sync.disabled).toBe(true);
    await click(within(panel).getByLabelText(/^Rename the entry/));
    await click(sync);
    await waitFor(() => expect(host.called('sync.apply')).toMatchObject({ consent: ['replace', 'rename'] }));
  });

  it('says what the remote cannot hold, and why it is blocked', async () => {
    const host = bay();
    host.handlers['sync.plan'] = ({ linkIds = [] }) => ({
      steps: [
        step(linkIds[0] ?? '', {
          action: 'blocked',
          changes: [],
          losses: [{ field: 'transport.type', reason: 'This Letta takes no local commands.' }],
        }),
      ],
    });
    await openWindow(host);
    await click(jack('alpha in Letta: Not patched'));
    const panel = await dialog('alpha → Letta');
    await within(panel).findByText(/This Letta takes no local commands/);
    expect(within(panel).queryByRole('button', { name: 'Patch' })).toBeNull();
  });

  it('shows an outcome that failed where it happened', async () => {
    const host = bay();
    host.handlers['sync.apply'] = ({ linkIds = [] }) => ({
      outcomes: linkIds.map((linkId) => ({
        linkId,
        status: 'failed',
        verified: false,
        requests: 1,
        error: { code: 'remote_rejected', message: 'Letta answered 422.', hint: 'Rename it.' },
      })),
    });
    await openWindow(host);
    await click(jack('alpha in Letta: Not patched'));
    const panel = await dialog('alpha → Letta');
    await click(await within(panel).findByRole('button', { name: 'Patch' }));
    expect((await within(panel).findByRole('alert')).textContent).toContain('Letta answered 422.');
  });

  it('can be tried again when the remote could not be read', async () => {
    const host = bay({ 'a-l': 'in_sync' });
    host.handlers['sync.plan'] = () => {
      throw new FakeFault('remote_unreachable', 'Letta did not answer.', 'Is it started?');
    };
    await openWindow(host);
    await click(jack('alpha in Letta: In sync'));
    const panel = await dialog('alpha → Letta');
    await within(panel).findByText('Letta did not answer.');
    host.handlers['sync.plan'] = () => ({ steps: [step('a-l', { action: 'none', changes: [] })] });
    await click(within(panel).getByRole('button', { name: 'Try again' }));
    await within(panel).findByText('Both sides are equal.');
  });

  it('unpatches: leaves the entry there, or deletes it', async () => {
    const host = bay({ 'a-l': 'in_sync' });
    await openWindow(host);
    await click(jack('alpha in Letta: In sync'));
    const panel = await dialog('alpha → Letta');
    await click(within(panel).getByRole('button', { name: 'Unpatch…' }));
    const question = await dialog('Unpatch “alpha” from Letta?');
    await click(within(question).getByRole('button', { name: 'Delete it there' }));
    await waitFor(() => expect(host.called('link.remove')).toEqual({ id: 'a-l', deleteRemote: true }));
    await waitFor(() => expect(jack('alpha in Letta: Not patched')).toBeTruthy());
  });

  it('takes back a queued wish', async () => {
    const host = bay({ 'a-l': 'queued' });
    await openWindow(host);
    await click(jack('alpha in Letta: Queued'));
    const panel = await dialog('alpha → Letta');
    await click(within(panel).getByRole('button', { name: 'Take it back' }));
    await waitFor(() => expect(host.called('sync.cancel')).toEqual({ linkId: 'a-l' }));
  });

  it('names what is deleted at once, and counts what is more than one reads', async () => {
    const host = bay();
    for (const name of ['delta', 'epsilon', 'zeta', 'eta']) host.putServer(fakeServer({ id: name, name }));
    host.setRun({ serverId: 'b', state: 'running', restarts: 0 });
    await openWindow(host);
    void removeAll(catalog.servers);
    const question = await screen.findByRole('alertdialog', { name: 'Delete 7 servers?' });
    expect(
      within(question)
        .getAllByRole('listitem')
        .map((item) => item.textContent),
    ).toEqual(['alpha', 'beta', 'delta', 'epsilon', 'eta', '2 more']);
    await click(within(question).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(host.called('server.remove')).toBeUndefined();
  });

  it('patches a whole column in one plan', async () => {
    const host = await openWindow(bay({ 'a-l': 'in_sync' }));
    await click(screen.getByRole('button', { name: 'Actions for Letta' }));
    await click(await screen.findByRole('menuitem', { name: 'Patch the 2 that are not' }));
    const panel = await dialog('2 servers → Letta');
    await click(await within(panel).findByRole('button', { name: 'Patch 2' }));
    await waitFor(() =>
      expect(host.snapshot.links.filter((link) => link.state === 'in_sync')).toHaveLength(3),
    );
  });

  it('notes the wish down where the remote does not answer', async () => {
    const host = bay();
    const away = (linkId: string): Step =>
      step(linkId, { action: 'blocked', changes: [], warnings: ['Nothing answers at Letta.'] });
    host.handlers['sync.plan'] = ({ linkIds = [] }) => ({ steps: linkIds.map(away) });
    host.handlers['sync.apply'] = ({ linkIds = [] }) => ({
      outcomes: linkIds.map((linkId) => ({ linkId, status: 'queued', verified: false, requests: 1 })),
    });
    await openWindow(host);
    await click(jack('alpha in Letta: Not patched'));
    const panel = await dialog('alpha → Letta');
    await within(panel).findByText('Nothing answers at Letta.');
    await click(within(panel).getByRole('button', { name: 'Patch when it answers' }));
    await within(panel).findByText('Letta is out of reach');
    await click(within(panel).getAllByRole('button', { name: 'Close' }).at(-1) as HTMLElement);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(host.called('link.remove')).toBeUndefined();
  });
});
