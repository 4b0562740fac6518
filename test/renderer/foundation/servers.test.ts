import { describe, expect, it } from 'vitest';
import { FakeHost, fakeRemote, fakeServer } from '../fake-host.js';
import { click, dialog, openWindow, paste, press, screen, type, waitFor, within } from './window.js';

const ADD = { name: 'Add server' };

describe('first run', () => {
  it('offers three ways in and a sample', async () => {
    const host = await openWindow();
    expect(screen.getByRole('heading', { name: 'Every MCP server in one place' })).toBeTruthy();
    for (const name of [/Add a server/, /^Import/, /Connect a remote/]) {
      expect(screen.getByRole('button', { name })).toBeTruthy();
    }
    await click(screen.getByRole('button', { name: 'Try the sample server' }));
    await waitFor(() => expect(host.called('run.start')).toBeTruthy());
    expect(window.location.hash).toMatch(/^#\/servers\//);
  });

  it('shows why the sample could not be made', async () => {
    const host = await openWindow();
    host.handlers['sample.create'] = () => {
      throw new Error('The disk is full.');
    };
    await click(screen.getByRole('button', { name: 'Try the sample server' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is full.');
  });
});

describe('adding a server', () => {
  it('understands a pasted command line, keeps its token as a secret, and starts it', async () => {
    const host = await openWindow();
    await press(window, 'n');
    const form = await dialog('Add server');
    const line = within(form).getByLabelText('Command line');
    await paste(line, 'GITHUB_TOKEN=ghp_0123456789abcdef npx -y @modelcontextprotocol/server-github');
    await within(form).findByText('Understood as a command line.');
    expect((within(form).getByLabelText('Name') as HTMLInputElement).value).toBe('github');
    await click(within(form).getByRole('button', ADD));
    await waitFor(() => expect(host.called('run.start')).toBeTruthy());
    expect(host.called('server.create')).toMatchObject({
      server: {
        name: 'github',
        transport: {
          type: 'stdio',
          command: 'npx',
          args: ['-y', '@modelcontextprotocol/server-github'],
          env: { GITHUB_TOKEN: { newSecret: 'ghp_0123456789abcdef' } },
        },
      },
    });
    expect(JSON.stringify(host.snapshot)).not.toContain('ghp_0123456789abcdef');
  });

  it('shows each fault at its field, and puts the focus there', async () => {
    const host = new FakeHost();
    host.putServer(fakeServer({ name: 'github' }));
    await openWindow(host);
    await press(window, 'n');
    const form = await dialog('Add server');
    await type(within(form).getByLabelText('Name'), 'github');
    await click(within(form).getByRole('button', ADD));
    const command = within(form).getByLabelText('Command line');
    await waitFor(() => expect(command.getAttribute('aria-invalid')).toBe('true'));
    expect(command.getAttribute('aria-describedby')).toBeTruthy();
    expect(within(form).getByText('must not be empty')).toBeTruthy();
    expect(document.activeElement).toBe(command);

    await type(command, 'npx thing');
    await click(within(form).getByRole('button', ADD));
    await within(form).findByText('is taken by another one');
    expect(host.snapshot.servers).toHaveLength(1);
  });

  it('gives several servers to the import screen', async () => {
    const host = await openWindow();
    host.handlers['import.preview'] = ({ source }) => ({
      items: [],
      problems: ['text' in source ? source.text.slice(0, 9) : ''],
    });
    await press(window, 'n');
    const form = await dialog('Add server');
    await paste(
      within(form).getByLabelText('Command line'),
      '{"servers":{"a":{"command":"x"},"b":{"command":"y"}}}',
    );
    await click(await within(form).findByRole('button', { name: 'Open import' }));
    expect(await screen.findByText('{"servers')).toBeTruthy();
    expect(window.location.hash).toBe('#/import');
  });

  it('shows a typed address as one before it is saved, and says what a text was taken for', async () => {
    const host = await openWindow();
    await press(window, 'n');
    const form = await dialog('Add server');
    await type(within(form).getByLabelText('Command line'), 'https://mcp.example.org/sse');
    await within(form).findByText('That is no command');
    await click(within(form).getByRole('button', ADD));
    expect(((await within(form).findByLabelText('URL')) as HTMLInputElement).value).toBe(
      'https://mcp.example.org/sse',
    );
    await within(form).findByText('Understood as an address.');
    expect(host.called('server.create')).toBeUndefined();
    await click(within(form).getByRole('button', ADD));
    await waitFor(() => expect(host.called('server.create')).toBeTruthy());
    expect(host.called('server.create')).toMatchObject({ server: { transport: { type: 'sse' } } });
  });

  it('says why a pasted text is no server, and takes a line as it stands', async () => {
    await openWindow();
    await press(window, 'n');
    const form = await dialog('Add server');
    const line = within(form).getByLabelText('Command line') as HTMLInputElement;
    await paste(line, '{"servers": {"a": ');
    await within(form).findByText('Not understood');
    expect(line.value).toBe('');
    await paste(line, 'brew install github-mcp-server');
    await within(form).findByText('Taken as it stands');
    expect(within(form).getByText(/does not run a server/)).toBeTruthy();
    expect(line.value).toBe('brew install github-mcp-server');
    await type(line, 'npx thing');
    await waitFor(() => expect(within(form).queryByText('Taken as it stands')).toBeNull());
  });

  it('loses no text that it does not understand: the import screen has it', async () => {
    await openWindow();
    await press(window, 'n');
    const form = await dialog('Add server');
    await paste(within(form).getByLabelText('Command line'), '{"servers": {"a": ');
    await click(await within(form).findByRole('button', { name: 'Open import' }));
    await screen.findByText('No servers in there');
    await click(screen.getByRole('button', { name: 'Edit the text' }));
    expect(((await screen.findByLabelText('Configuration')) as HTMLTextAreaElement).value).toBe(
      '{"servers": {"a": ',
    );
  });

  it('adds an HTTP server with its token', async () => {
    const host = await openWindow();
    await press(window, 'n');
    const form = await dialog('Add server');
    await click(within(form).getByLabelText('Streamable HTTP'));
    await type(within(form).getByLabelText('URL'), 'https://mcp.example.org/mcp');
    await type(within(form).getByLabelText(/^Authorization/), 'Bearer t0ken');
    await click(within(form).getByLabelText('Start it now'));
    await click(within(form).getByRole('button', ADD));
    await waitFor(() => expect(host.snapshot.servers).toHaveLength(1));
    expect(host.called('server.create')).toMatchObject({
      server: {
        name: 'example',
        transport: {
          auth: { type: 'header', header: 'Authorization', token: { newSecret: 'Bearer t0ken' } },
        },
      },
    });
    expect(host.called('run.start')).toBeUndefined();
  });
});

describe('deleting a server', () => {
  const paletteDelete = async (name: string): Promise<void> => {
    await click(screen.getByRole('button', { name: `Actions for ${name}` }));
    await click(await screen.findByRole('menuitem', { name: 'Delete' }));
  };

  it('undoes it, by the toast and by the key, which a field keeps for itself', async () => {
    const host = new FakeHost();
    host.putServer(fakeServer({ name: 'plain', tags: ['kept'] }));
    await openWindow(host);
    await paletteDelete('plain');
    await waitFor(() => expect(host.snapshot.servers).toHaveLength(0));
    await click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(host.snapshot.servers).toHaveLength(1));
    expect(host.snapshot.servers[0]).toMatchObject({ name: 'plain', tags: ['kept'] });
    await screen.findByText('Undone: Removed plain');

    await paletteDelete('plain');
    await waitFor(() => expect(host.snapshot.servers).toHaveLength(0));
    await click(screen.getByRole('button', { name: /Add server/ }));
    const field = await screen.findByLabelText('Name');
    await press(field, 'z', { ctrlKey: true });
    await press(field, 'Escape');
    await waitFor(() => expect(screen.queryByLabelText('Name')).toBeNull());
    expect(host.snapshot.servers).toHaveLength(0);
    await press(document.body, 'z', { ctrlKey: true });
    await waitFor(() => expect(host.snapshot.servers).toHaveLength(1));
    await press(document.body, 'z', { ctrlKey: true });
    await screen.findByText('There is nothing to undo');
  });

  it('asks first where it runs, and brings its links back too', async () => {
    const host = new FakeHost();
    const transport = { type: 'stdio', command: 'x', env: { TOKEN: { newSecret: 'y' } } };
    const server = host.putServer(fakeServer({ name: 'precious', transport }));
    const remote = host.putRemote(fakeRemote({ name: 'Letta home' }));
    host.putLink({
      id: 'l',
      serverId: server.id,
      remoteId: remote.id,
      remoteName: 'precious',
      state: 'in_sync',
    });
    host.setRun({ serverId: server.id, state: 'running', restarts: 0 });
    await openWindow(host);
    await paletteDelete('precious');
    const question = await screen.findByRole('alertdialog', { name: 'Delete “precious”?' });
    expect(question.textContent).toMatch(/stopped.*Undo brings it back/s);
    await click(within(question).getByRole('button', { name: 'Cancel' }));
    expect(host.called('server.remove')).toBeUndefined();

    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    await paletteDelete('precious');
    const again = await screen.findByRole('alertdialog');
    await click(within(again).getByRole('button', { name: 'Delete server' }));
    await waitFor(() => expect(host.snapshot.servers).toHaveLength(0));
    await screen.findByText('What stands on Letta home is left alone.');
    await click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(host.snapshot.servers).toHaveLength(1));
    expect(host.snapshot.links).toHaveLength(1);
  });

  it('offers to take it out of AI clients’ files first, and puts it back there with Undo', async () => {
    const host = new FakeHost();
    const server = host.putServer(fakeServer({ name: 'patched' }));
    const column = { serverCount: 1, exists: true, isPatched: true, isProject: false, otherCount: 0 };
    const cell = { serverId: server.id, entry: 'patched', form: 'launcher' } as const;
    host.handlers['client.list'] = () => ({
      columns: [
        { ...column, client: 'cursor', title: 'Cursor', path: '/c' },
        { ...column, client: 'codex', title: 'Codex', path: '/x' },
        { ...column, client: 'zed', title: 'Zed', path: '/z' },
      ],
      cells: [
        { ...cell, client: 'cursor', state: 'in_sync' },
        { ...cell, client: 'codex', state: 'local_ahead' },
        // What the client has by itself is not ours to take out.
        { ...cell, client: 'zed', state: 'found' },
      ],
    });
    host.handlers['export.remove'] = ({ client }) => {
      if (client === 'codex') throw new Error('The entry was changed.');
      return { path: '/c', backup: '/b', warnings: [] };
    };
    host.handlers['export.apply'] = () => ({ path: '/c', warnings: [] });
    await openWindow(host);
    await paletteDelete('patched');
    const question = await screen.findByRole('alertdialog', { name: 'Delete “patched”?' });
    const option = within(question).getByLabelText('Take it out of the files of Cursor and Codex, too');
    expect((option as HTMLInputElement).checked).toBe(true);
    await click(within(question).getByRole('button', { name: 'Delete server' }));
    await waitFor(() => expect(host.snapshot.servers).toHaveLength(0));
    await screen.findByText(/taken out of Cursor, whose files are backed up. The entry was changed./);
    await click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() =>
      expect(host.called('export.apply')).toEqual({
        client: 'cursor',
        serverIds: [server.id],
        form: 'launcher',
      }),
    );

    await paletteDelete('patched');
    const again = await screen.findByRole('alertdialog');
    await click(within(again).getByLabelText(/Take it out/));
    const calls = host.calls.filter(({ method }) => method === 'export.remove').length;
    await click(within(again).getByRole('button', { name: 'Delete server' }));
    await waitFor(() => expect(host.snapshot.servers).toHaveLength(0));
    expect(host.calls.filter(({ method }) => method === 'export.remove')).toHaveLength(calls);
  });
});
