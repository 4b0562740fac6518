import { describe, expect, it } from 'vitest';
import { FakeFault, FakeHost, fakeRemote, fakeServer } from '../fake-host.js';
import {
  click,
  dialog,
  drawWindow,
  goTo,
  openWindow,
  press,
  screen,
  type,
  waitFor,
  within,
} from './window.js';

describe('the window', () => {
  it('says that it has no key, and shows nothing else', async () => {
    const host = new FakeHost();
    host.start = () => host.setState({ status: 'refused', reason: 'no_token' });
    drawWindow(host);
    expect(await screen.findByText('This page needs the address with its key')).toBeTruthy();
    expect(screen.queryByRole('navigation')).toBeNull();
  });

  it('says that the host is lost, and reads everything anew when it is back', async () => {
    const host = await openWindow();
    host.setState({ status: 'waiting', attempt: 1, retryAt: Date.now() + 60_000 });
    expect((await screen.findAllByText(/connection to Jackfield was lost/i)).length).toBeGreaterThan(0);
    host.snapshot.servers = [fakeServer({ name: 'came meanwhile' })];
    await click(screen.getByRole('button', { name: 'Try now' }));
    expect((await screen.findAllByText('came meanwhile')).length).toBeGreaterThan(0);
    expect(screen.queryByText(/connection to Jackfield was lost/i)).toBeNull();
  });

  it('offers memory where there is no keychain, and shows it all the time from then on', async () => {
    const host = new FakeHost();
    host.keychain = {
      available: false,
      reason: 'No secret service answers.',
      hint: 'Install gnome-keyring.',
    };
    await openWindow(host);
    expect(screen.getByText(/No secret service answers/)).toBeTruthy();
    await click(screen.getByRole('button', { name: 'Keep secrets in memory' }));
    await screen.findByText('New secrets are held in memory only.');
    expect(host.snapshot.settings.secretStorage).toBe('session');
    await goTo('#/remotes');
    expect(screen.getByText('New secrets are held in memory only.')).toBeTruthy();
  });

  it('shows notices until they are dismissed', async () => {
    const host = new FakeHost();
    host.snapshot.notices = [
      { id: 'n1', at: '', severity: 'warning', title: 'The catalog was set aside', detail: 'See backups.' },
    ];
    await openWindow(host);
    expect(screen.getByText('The catalog was set aside.')).toBeTruthy();
    await click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByText('The catalog was set aside.')).toBeNull();
    await waitFor(() => expect(host.called('notice.dismiss')).toEqual({ id: 'n1' }));
    host.notify('notice.added', {
      notice: { id: 'n2', at: '', severity: 'info', title: 'Swept', detail: '' },
    });
    expect(await screen.findByText('Swept')).toBeTruthy();
  });

  it('counts in the status bar what runs, failed and waits', async () => {
    const host = new FakeHost();
    const [a, b] = [host.putServer(fakeServer({ name: 'a' })), host.putServer(fakeServer({ name: 'b' }))];
    const remote = host.putRemote(fakeRemote());
    host.putLink({ id: 'l', serverId: a.id, remoteId: remote.id, remoteName: 'a', state: 'queued' });
    await openWindow(host);
    const bar = screen.getByRole('contentinfo', { name: 'Status' });
    host.setRun({ serverId: a.id, state: 'running', restarts: 0 });
    host.setRun({ serverId: b.id, state: 'failed', restarts: 0 });
    await waitFor(() => expect(bar.textContent).toMatch(/1 running.*1 failed.*1 queued/s));
  });

  it('finds servers and actions in the palette', async () => {
    const host = new FakeHost();
    const server = host.putServer(fakeServer({ name: 'needle' }));
    await openWindow(host);
    await press(window, 'k', { ctrlKey: true });
    const palette = await dialog('Commands');
    const input = within(palette).getByRole('combobox');
    await type(input, 'start need');
    await waitFor(() => expect(within(palette).getAllByRole('option')).toHaveLength(1));
    await press(input, 'Enter');
    await waitFor(() => expect(host.called('run.start')).toEqual({ serverId: server.id }));
  });

  it('goes to screens by two keys, and shows all keys', async () => {
    await openWindow();
    await press(window, 'g');
    await press(window, 's');
    await waitFor(() => expect(window.location.hash).toBe('#/settings'));
    await press(window, '?', { shiftKey: true });
    expect((await dialog('Keyboard shortcuts')).textContent).toContain('Command palette');
  });

  it('leads back from an address that is none', async () => {
    await openWindow(new FakeHost(), '#/nowhere');
    expect(screen.getByText('There is no such screen')).toBeTruthy();
    await click(screen.getByRole('link', { name: 'Go to the patch bay' }));
    await screen.findByRole('heading', { name: 'Patch bay' });
    expect(screen.queryByText('There is no such screen')).toBeNull();
  });
});

describe('what a server asks', () => {
  const question = { id: 'q', serverId: 's', expiresAt: new Date(Date.now() + 90_000).toISOString() };

  it('is a form that is sent only when it is whole', async () => {
    const host = new FakeHost();
    host.putServer(fakeServer({ id: 's', name: 'travel' }));
    host.handlers['question.answer'] = () => ({});
    await openWindow(host);
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    host.notify('question.asked', {
      question: { ...question, kind: 'elicitation', message: 'Which city?', schema },
    });
    const form = await dialog('travel asks you');
    await click(within(form).getByRole('button', { name: 'Answer' }));
    expect(host.called('question.answer')).toBeUndefined();
    await type(within(form).getByLabelText(/^city/), 'Lund');
    await click(within(form).getByRole('button', { name: 'Answer' }));
    await waitFor(() =>
      expect(host.called('question.answer')).toEqual({
        id: 'q',
        action: 'accept',
        content: { city: 'Lund' },
      }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('is declined by a button, cancelled by Esc, and gone when it expires', async () => {
    const host = new FakeHost();
    host.snapshot.questions = [
      { ...question, kind: 'sampling', message: 'Write it yourself.', preview: 'user: hello' },
    ];
    host.handlers['question.answer'] = () => ({});
    await openWindow(host);
    const asked = await dialog(/asks for a model/);
    expect(asked.textContent).toContain('user: hello');
    await click(within(asked).getByRole('button', { name: 'Decline' }));
    await waitFor(() => expect(host.called('question.answer')).toEqual({ id: 'q', action: 'decline' }));
    host.notify('question.asked', {
      question: { ...question, id: 'r', kind: 'sampling', message: 'Again.' },
    });
    await dialog(/asks for a model/);
    host.notify('question.closed', { id: 'r' });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});

describe('what is asked for outside the page', () => {
  it('leads to the screen, and does no more', async () => {
    const host = new FakeHost();
    host.putServer(fakeServer({ id: 's', name: 'one' }));
    await openWindow(host);
    host.notify('intent.received', { intent: { kind: 'command', command: 'server.add' } });
    await dialog('Add server');
    await press(document.activeElement as Element, 'Escape');
    host.notify('intent.received', { intent: { kind: 'import', text: '{}', fileName: 'mcp.json' } });
    await waitFor(() =>
      expect(host.called('import.preview')).toEqual({ source: { text: '{}', fileName: 'mcp.json' } }),
    );
    host.notify('intent.received', { intent: { kind: 'server', serverId: 's' } });
    await waitFor(() => expect(window.location.hash).toBe('#/servers/s/overview'));
    expect(host.called('run.start')).toBeUndefined();
  });
});

describe('remotes', () => {
  it('connects one, with its token as a secret, and asks it at once', async () => {
    const host = await openWindow(new FakeHost(), '#/remotes');
    await click(await screen.findByRole('button', { name: 'Connect remote' }));
    const form = await dialog('Connect remote');
    await click(within(form).getByLabelText('Bifrost'));
    await type(within(form).getByLabelText('Address'), 'https://gate.example');
    await click(within(form).getByLabelText('Token'));
    await type(form.querySelector('input[type=password]') as HTMLElement, 't0p');
    await click(within(form).getByRole('button', { name: 'Connect' }));
    await waitFor(() =>
      expect(host.called('remote.create')).toEqual({
        remote: {
          kind: 'bifrost',
          name: 'Bifrost gate.example',
          baseUrl: 'https://gate.example',
          auth: { type: 'bearer', token: { newSecret: 't0p' } },
          headers: {},
          allowInsecure: false,
        },
      }),
    );
    await screen.findByText('Reachable');
    expect(host.calls.filter((call) => call.method === 'remote.test')).toHaveLength(1);
  });

  it('warns before secrets go over an open wire', async () => {
    await openWindow(new FakeHost(), '#/remotes');
    await click(await screen.findByRole('button', { name: 'Connect remote' }));
    const form = await dialog('Connect remote');
    await type(within(form).getByLabelText('Address'), 'http://10.0.0.7:8283');
    expect(within(form).queryByText('This address is not encrypted')).toBeNull();
    await click(within(form).getByLabelText('Token'));
    expect(within(form).getByText('This address is not encrypted')).toBeTruthy();
    await type(within(form).getByLabelText('Address'), 'http://localhost:8283');
    expect(within(form).queryByText('This address is not encrypted')).toBeNull();
  });

  it('edits only what changed', async () => {
    const host = new FakeHost();
    host.putRemote(fakeRemote({ id: 'r', auth: { type: 'bearer', token: { newSecret: 'x' } } }));
    await openWindow(host, '#/remotes/r');
    await click(await screen.findByRole('button', { name: 'Actions for Letta' }));
    await click(await screen.findByRole('menuitem', { name: 'Edit' }));
    const form = await dialog('Edit Letta');
    await type(within(form).getByLabelText('Name'), 'Home');
    await click(within(form).getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(host.called('remote.update')).toEqual({ id: 'r', patch: { name: 'Home' }, revision: 1 }),
    );
  });

  it('shows what it holds, and adopts the rest', async () => {
    const host = new FakeHost();
    const remote = host.putRemote(fakeRemote({ id: 'r' }));
    host.handlers['remote.entries'] = () => ({
      entries: [{ remoteEntryId: 'e1', name: 'weather', transportType: 'sse', toolCount: 3 }],
    });
    host.handlers['remote.adopt'] = () => ({
      server: host.putServer(fakeServer({ id: 's', name: 'weather' })),
      link: host.putLink({
        id: 'l',
        serverId: 's',
        remoteId: remote.id,
        remoteEntryId: 'e1',
        remoteName: 'weather',
        state: 'in_sync',
      }),
    });
    await openWindow(host, '#/remotes/r');
    await click(await screen.findByRole('button', { name: 'Adopt weather' }));
    await screen.findByRole('button', { name: 'weather: In sync' });
    expect(host.called('remote.adopt')).toEqual({ id: 'r', remoteEntryId: 'e1' });
  });

  it('says what is wrong with one that does not answer', async () => {
    const host = new FakeHost();
    host.putRemote(fakeRemote({ id: 'r' }));
    host.handlers['remote.test'] = () => ({
      ok: false,
      problems: [{ code: 'remote_unauthorized', message: 'The token was refused.', hint: 'Replace it.' }],
    });
    await openWindow(host, '#/remotes/r');
    expect((await screen.findByRole('alert')).textContent).toContain('The token was refused.');
    expect(host.called('remote.entries')).toBeUndefined();
  });

  it('is removed, which says what is forgotten, and comes back by Undo', async () => {
    const host = new FakeHost();
    host.putRemote(fakeRemote({ id: 'r' }));
    const server = host.putServer(fakeServer());
    host.putLink({ id: 'l', serverId: server.id, remoteId: 'r', remoteName: 'x', state: 'in_sync' });
    await openWindow(host, '#/remotes/r');
    await click(await screen.findByRole('button', { name: 'Actions for Letta' }));
    await click(await screen.findByRole('menuitem', { name: 'Remove' }));
    await waitFor(() => expect(host.snapshot.remotes).toHaveLength(0));
    await screen.findByText(/1 patch is forgotten/);
    await click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(host.snapshot.remotes).toHaveLength(1));
  });
});

describe('settings', () => {
  it('saves each at once, and shows the theme', async () => {
    const host = await openWindow(new FakeHost(), '#/settings');
    await click(await screen.findByLabelText('Dark'));
    await waitFor(() => expect(host.snapshot.settings.theme).toBe('dark'));
    expect(document.documentElement.dataset.theme).toBe('dark');
    await click(screen.getByLabelText('System'));
    await waitFor(() => expect(document.documentElement.dataset.theme).toBeUndefined());
  });

  it('keeps a refused text in its field, beside the fault', async () => {
    const host = await openWindow(new FakeHost(), '#/settings');
    host.handlers['settings.update'] = () => {
      throw new FakeFault('invalid', 'The settings cannot be saved.', 'Correct them.', [
        { path: 'proxy', message: 'is not a URL' },
      ]);
    };
    const proxy = (await screen.findByLabelText('Proxy')) as HTMLInputElement;
    await type(proxy, 'nonsense');
    await press(proxy, 'Enter');
    await screen.findByText('is not a URL');
    expect(proxy.value).toBe('nonsense');
  });
});

describe('import', () => {
  const item = {
    key: 'k',
    name: 'slack',
    transportType: 'stdio',
    summary: 'npx slack',
    secretPaths: ['transport.env.SLACK_TOKEN'],
    warnings: [],
    source: 's',
  };

  it('shows the plan of a client found here, and does it', async () => {
    const host = new FakeHost();
    const existing = host.putServer(fakeServer({ id: 'srv', name: 'fetch' }));
    host.handlers['import.scan'] = () => ({
      clients: [{ client: 'cursor', title: 'Cursor', path: '/c.json', exists: true, serverCount: 2 }],
    });
    host.handlers['import.preview'] = () => ({
      problems: [],
      items: [
        { ...item, action: 'add' },
        { ...item, key: 'f', name: 'fetch', action: 'same', existingServerId: existing.id, secretPaths: [] },
      ],
    });
    host.handlers['import.apply'] = () => ({ added: ['slack'], overwritten: [], skipped: ['fetch'] });
    await openWindow(host, '#/import');
    await click(await screen.findByRole('button', { name: 'Preview what Cursor has' }));
    await screen.findByText('Here already');
    expect(host.called('import.apply')).toBeUndefined();
    await click(screen.getByLabelText(/Keep SLACK_TOKEN as a secret/));
    await click(screen.getByRole('button', { name: 'Import 1 server' }));
    await screen.findByText('Imported 1 server');
    expect(host.called('import.apply')).toEqual({
      source: { client: 'cursor' },
      choices: { k: { action: 'add', secretPaths: [] }, f: { action: 'skip', secretPaths: [] } },
    });
  });

  it('says what it could not read in pasted text', async () => {
    const host = await openWindow(new FakeHost(), '#/import');
    host.handlers['import.preview'] = () => {
      throw new FakeFault('invalid', 'Line 3: a brace is missing.', 'Correct it and try again.');
    };
    await type(await screen.findByLabelText('Configuration'), '{ broken');
    await click(screen.getByRole('button', { name: 'Preview' }));
    await screen.findByText('Line 3: a brace is missing.');
  });
});

describe('activity', () => {
  it('is read once, filtered, and told anew', async () => {
    const host = new FakeHost();
    host.activity = [
      {
        id: 2,
        at: new Date().toISOString(),
        kind: 'run',
        severity: 'error',
        title: 'github could not start',
      },
      { id: 1, at: new Date().toISOString(), kind: 'edit', severity: 'info', title: 'fetch was changed' },
    ];
    await openWindow(host, '#/activity');
    await waitFor(() => expect(host.called('activity.list')).toBeTruthy());
    await click(await screen.findByLabelText('Problems'));
    const filter = screen.getByRole('textbox', { name: 'Filter activity' });
    await type(filter, 'no such thing');
    expect(await screen.findByText('Nothing matches')).toBeTruthy();
  });
});
