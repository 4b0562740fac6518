import { describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src-main/contract/index.js';
import { FakeFault } from './fake-host.js';
import { click, dialog, press, screen, type, waitFor, within } from './foundation/window.js';
import { ECHO } from './server-seed.js';
import { openServer } from './server-window.js';

// The whole window is drawn for each test; a busy machine takes its time over that.
vi.setConfig({ testTimeout: 30_000 });

const tool = async (name: string): Promise<void> => {
  await click(await screen.findByRole('button', { name: new RegExp(`^${name}`) }));
  await screen.findByRole('heading', { name });
};

describe('the page of a server', () => {
  it('says that a server is not there, and leads home', async () => {
    await openServer('overview');
    window.location.hash = '#/servers/nobody/tools';
    expect(await screen.findByText('There is no such server')).toBeTruthy();
  });

  it('starts, stops, and ends at once on a second stop', async () => {
    const { host, server } = await openServer('overview');
    host.handlers['run.stop'] = () => ({
      run: host.setRun({ serverId: server.id, state: 'stopping', restarts: 0 }),
    });
    await click(screen.getByRole('button', { name: 'Stop' }));
    await click(await screen.findByRole('button', { name: 'Stop at once' }));
    await waitFor(() => expect(host.calls.filter(({ method }) => method === 'run.stop')).toHaveLength(2));
    host.setRun({ serverId: server.id, state: 'stopped', restarts: 0 });
    await click(await screen.findByRole('button', { name: 'Start' }));
    await waitFor(() => expect(host.called('run.start')).toEqual({ serverId: server.id }));
  });

  it('is walked through by number keys', async () => {
    await openServer('overview');
    await press(window, '3');
    await waitFor(() =>
      expect(screen.getByRole('tab', { name: /^Tools/ }).getAttribute('aria-selected')).toBe('true'),
    );
  });
});

describe('overview', () => {
  it('shows what is known of the run', async () => {
    await openServer('overview');
    const state = await screen.findByRole('region', { name: 'State' });
    expect(state.textContent).toMatch(/Running/);
    expect(state.textContent).toMatch(/2 h 5 min/);
    expect(state.textContent).toMatch(/41204/);
    expect(screen.getByText('github-mcp-server 0.18.0')).toBeTruthy();
    expect(screen.getByText('MCP 2025-11-25')).toBeTruthy();
  });

  it('says why it failed, with buttons that do something about it', async () => {
    const { host, server } = await openServer('overview');
    host.setRun({
      serverId: server.id,
      state: 'failed',
      restarts: 0,
      error: { code: 'start_failed', message: '“npx” was not found.', hint: 'Searched in /bin.' },
    });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Searched in /bin.');
    await click(within(alert).getByRole('button', { name: 'Check with the doctor' }));
    expect(await screen.findByText('The package is fetched at each start')).toBeTruthy();
    await click(within(alert).getByRole('button', { name: 'Refresh login-shell environment' }));
    expect(await screen.findByText(/\/bin\/zsh answered in 212 ms/)).toBeTruthy();
    expect(host.called('run.restart')).toEqual({ serverId: server.id });
    expect(within(alert).getByRole('link', { name: 'Open configure' }).getAttribute('href')).toBe(
      '#/servers/srv-page/configure',
    );
  });

  it('does what the doctor offers at one click, looks again, and says why where it cannot', async () => {
    const { host, server } = await openServer('overview');
    const patch = { transport: { env: { EMPTY: null } } };
    const finding: Finding = {
      severity: 'warning',
      code: 'placeholder',
      title: 'EMPTY is empty',
      detail: 'The server is given an empty value.',
      action: {
        label: 'Remove EMPTY',
        method: 'server.update',
        params: { id: server.id, revision: server.revision, patch },
      },
    };
    let findings: Finding[] = [finding];
    host.handlers['doctor.check'] = () => ({ findings });
    host.handlers['server.update'] = () => {
      throw new FakeFault('revision_conflict', 'Somebody was quicker.', 'Check again.');
    };
    await click(screen.getByRole('button', { name: 'Check' }));
    await click(await screen.findByRole('button', { name: 'Remove EMPTY' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Somebody was quicker.');

    host.handlers['server.update'] = () => {
      findings = [];
      return { server };
    };
    await click(screen.getByRole('button', { name: 'Remove EMPTY' }));
    expect(await screen.findByText('Nothing is in its way')).toBeTruthy();
    expect(host.called('server.update')).toEqual({ id: server.id, revision: server.revision, patch });
    expect(screen.queryByRole('button', { name: 'Remove EMPTY' })).toBeNull();
  });

  it('calls no other method, whatever the host may offer', async () => {
    const { host } = await openServer('overview');
    const action = { label: 'Do it', method: 'server.remove', params: { id: 'srv-page' } };
    const finding = { severity: 'error', code: 'x', title: 'x', detail: '', action } as unknown as Finding;
    host.handlers['doctor.check'] = () => ({ findings: [finding] });
    await click(screen.getByRole('button', { name: 'Check' }));
    await click(await screen.findByRole('button', { name: 'Do it' }));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Check again' })).toBeTruthy());
    expect(host.called('server.remove')).toBeUndefined();
  });

  it('keeps the plot of a server that crashed, and marks its end in the log', async () => {
    const { host, server } = await openServer('overview');
    host.setRun({ serverId: server.id, state: 'backoff', restarts: 1 });
    expect(await screen.findByText('Memory', { selector: 'figcaption *' })).toBeTruthy();
    host.setRun({ serverId: server.id, state: 'stopped', restarts: 0 });
    await waitFor(() => expect(screen.queryByText('Memory', { selector: 'figcaption *' })).toBeNull());
  });

  it('tells what a quicker start saved', async () => {
    const { host, server } = await openServer('overview');
    host.setRun({
      serverId: server.id,
      state: 'running',
      restarts: 0,
      readyMs: 168,
      shortcut: { of: 'npx', otherwiseMs: 487 },
    });
    expect(await screen.findByText('from npx’s cache, without npx: 168 ms instead of 487 ms')).toBeTruthy();
  });
});

describe('tools', () => {
  it('calls one with what the form holds, and shows the answer', async () => {
    const { host } = await openServer('tools');
    await tool('echo');
    await type(screen.getByLabelText('message'), 'hello');
    await click(screen.getByRole('button', { name: 'Call' }));
    expect(await screen.findByText('Echo: hello')).toBeTruthy();
    expect(screen.getByText('12 ms')).toBeTruthy();
    expect(host.called('tool.call')).toMatchObject({
      serverId: 'srv-page',
      name: 'echo',
      arguments: { message: 'hello' },
    });
  });

  it('holds faulty arguments back once, shows them at their fields, and sends them on a second try', async () => {
    const { host } = await openServer('tools');
    await tool('search_issues');
    await click(screen.getByRole('button', { name: 'Call' }));
    expect(await screen.findByText('query is required')).toBeTruthy();
    expect(host.called('tool.call')).toBeUndefined();
    await type(screen.getByLabelText('query'), 'log');
    expect(screen.queryByText('query is required')).toBeNull();
    await click(screen.getByRole('button', { name: 'Call anyway' }));
    await waitFor(() =>
      expect(host.called('tool.call')).toMatchObject({ arguments: { query: 'log', limit: 20 } }),
    );
  });

  it('tells an error of the tool from one of the call', async () => {
    const { host } = await openServer('tools');
    await tool('delete_branch');
    await type(screen.getByLabelText('name'), 'main');
    await press(window, 'Enter', { ctrlKey: true });
    expect(await screen.findByText('The tool answered with an error')).toBeTruthy();
    host.handlers['tool.call'] = () => {
      throw new FakeFault('timeout', 'The call was given up after 60 s.', 'Try again.');
    };
    await click(screen.getByRole('button', { name: 'Call' }));
    expect((await screen.findByRole('alert')).textContent).toContain('given up after 60 s');
  });

  it('shows progress, and cancels', async () => {
    const { host } = await openServer('tools');
    await tool('echo');
    await type(screen.getByLabelText('message'), 'wait');
    await click(screen.getByRole('button', { name: 'Call' }));
    expect(await screen.findByText('Reading page 3 of 10')).toBeTruthy();
    await click(screen.getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByText('Cancelled')).toBeTruthy();
    const { callId } = host.called('tool.call') as { callId: string };
    expect(host.called('tool.cancel')).toEqual({ callId });
  });

  it('shows results of every kind, and opens nothing but the web', async () => {
    vi.stubGlobal(
      'URL',
      Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined }),
    );
    await openServer('tools');
    await tool('search_issues');
    await click(screen.getByRole('button', { name: 'Call' }));
    await click(await screen.findByRole('button', { name: 'Call anyway' }));
    expect(await screen.findByRole('table')).toBeTruthy();
    expect(screen.getByRole('img', { name: /image\/png/ }).getAttribute('src')).toBe('blob:x');
    const links = screen.getAllByRole('link', { name: /opens in a browser/ });
    expect(links).toHaveLength(1);
    expect(links[0]?.getAttribute('rel')).toContain('noopener');
    expect(links[0]?.getAttribute('target')).toBe('_blank');
    expect(screen.getByText('javascript:alert(1)').closest('a')).toBeNull();
    expect(screen.getByText('$0.002', { selector: '.facts *' })).toBeTruthy();
    await click(screen.getByLabelText('Structured'));
    expect(screen.getByText('structuredContent')).toBeTruthy();
  });

  it('shows a description as text, whatever it holds', async () => {
    await openServer('tools');
    await tool('search_issues');
    expect(screen.getByText(/<b>Markup in a description<\/b>/)).toBeTruthy();
    expect(document.querySelector('.panel b')).toBeNull();
  });

  it('edits the lists by their rules, one edit after the other', async () => {
    const { host } = await openServer('tools');
    await tool('echo');
    await click(screen.getByLabelText('Agents may call it'));
    await waitFor(() =>
      expect(host.snapshot.servers[0]?.tools).toMatchObject({
        execute: ['search_issues', 'delete_branch'],
        autoExecute: [],
      }),
    );
    await click(screen.getByLabelText('Without approval'));
    await waitFor(() =>
      expect(host.snapshot.servers[0]?.tools).toMatchObject({
        execute: ['search_issues', 'delete_branch', 'echo'],
        autoExecute: ['echo'],
      }),
    );
    expect(screen.getByLabelText<HTMLInputElement>('Agents may call it').checked).toBe(true);
  });

  it('puts a switch back and says why when the host refuses', async () => {
    const { host } = await openServer('tools');
    host.handlers['server.update'] = () => {
      throw new FakeFault('io', 'The disk is full.', 'Make room.');
    };
    await tool('echo');
    await click(screen.getByLabelText('Agents may call it'));
    expect(await screen.findByText('The disk is full.')).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>('Agents may call it').checked).toBe(true);
  });

  it('keeps arguments and answer while another tab is looked at', async () => {
    await openServer('tools');
    await tool('echo');
    await type(screen.getByLabelText('message'), 'kept');
    await click(screen.getByRole('button', { name: 'Call' }));
    await screen.findByText('Echo: kept');
    await click(screen.getByRole('tab', { name: /^Logs/ }));
    await click(screen.getByRole('tab', { name: /^Tools/ }));
    expect(await screen.findByText('Echo: kept')).toBeTruthy();
    expect(screen.getByLabelText<HTMLTextAreaElement>('message').value).toBe('kept');
  });

  it('follows the server’s list of tools', async () => {
    const { host } = await openServer('tools');
    await tool('echo');
    host.handlers['tool.list'] = () => ({ tools: [ECHO, { ...ECHO, name: 'brand_new' }] });
    host.notify('tools.changed', { serverId: 'srv-page' });
    expect(await screen.findByRole('button', { name: /^brand_new/ })).toBeTruthy();
  });

  it('asks no server that does not run, and offers to start it', async () => {
    const { host, server } = await openServer('overview', { lifecycle: { onDemand: true } });
    host.setRun({ serverId: server.id, state: 'stopped', restarts: 0 });
    await press(window, '3');
    expect(await screen.findByText('It is not running')).toBeTruthy();
    expect(host.called('tool.list')).toBeUndefined();
  });
});

describe('resources and prompts', () => {
  it('reads a resource when it is chosen, and a template when it is filled in', async () => {
    const { host } = await openServer('resources');
    await click(await screen.findByRole('button', { name: /Knowledge graph/ }));
    expect(await screen.findByText('entities')).toBeTruthy();
    await click(screen.getByRole('button', { name: /Repository contents/ }));
    await type(screen.getByLabelText('owner'), 'ada');
    await type(screen.getByLabelText('name'), 'a b');
    await click(screen.getByRole('button', { name: 'Read' }));
    await waitFor(() =>
      expect(host.called('resource.read')).toEqual({
        serverId: 'srv-page',
        uri: 'repo://ada/a%20b/contents',
      }),
    );
  });

  it('gets the messages of a prompt', async () => {
    const { host } = await openServer('prompts');
    await screen.findByRole('heading', { name: 'summarize' });
    await click(screen.getByRole('button', { name: 'Get' }));
    expect(screen.getByText('issue is required')).toBeTruthy();
    await type(screen.getByLabelText('issue'), '42');
    await click(screen.getByRole('button', { name: 'Get' }));
    expect(await screen.findByText('Please summarize issue 42.')).toBeTruthy();
    expect(host.called('prompt.get')).toEqual({
      serverId: 'srv-page',
      name: 'summarize',
      arguments: { issue: '42' },
    });
  });
});

describe('logs', () => {
  it('searches on the host, and shows what comes later if it holds the words too', async () => {
    const { host } = await openServer('logs');
    await screen.findByRole('log');
    await type(screen.getByLabelText('Search the log'), '#169');
    await screen.findByText('1 line');
    expect(host.called('run.logs')).toMatchObject({ search: '#169' });
    const at = new Date().toISOString();
    host.notify('log.appended', {
      serverId: 'srv-page',
      entries: [
        { seq: 900, at, stream: 'stderr', text: 'again #169' },
        { seq: 901, at, stream: 'stderr', text: 'other' },
      ],
    });
    expect(await screen.findByText('2 lines')).toBeTruthy();
  });

  it('says how many lines were left out', async () => {
    const { host } = await openServer('logs');
    await screen.findByRole('log');
    host.notify('log.appended', { serverId: 'srv-page', entries: [], dropped: 1_240 });
    expect((await screen.findByText(/came faster than can be shown/)).textContent).toMatch(/1,240/);
  });

  it('hides a stream', async () => {
    await openServer('logs');
    const log = await screen.findByRole('log');
    await waitFor(() => expect(log.textContent).toContain('Started "npx"'));
    await click(screen.getByRole('button', { name: 'Jackfield' }));
    await waitFor(() => expect(screen.getByRole('log').textContent).not.toContain('Started "npx"'));
  });
});

describe('sync', () => {
  const card = async (name: string): Promise<HTMLElement> =>
    (await screen.findByRole('heading', { name })).closest('section') as HTMLElement;

  it('holds a replace back until the person has said yes', async () => {
    const { host } = await openServer('sync');
    const letta = await card('Letta home');
    const sync = await within(letta).findByRole<HTMLButtonElement>('button', { name: 'Sync now' });
    expect(sync.disabled).toBe(true);
    await click(within(letta).getByLabelText(/Replace the entry/));
    await click(sync);
    await waitFor(() =>
      expect(host.called('sync.apply')).toEqual({ linkIds: ['lnk-a'], consent: ['replace'] }),
    );
    expect(await within(letta).findByText(/both sides are equal/i)).toBeTruthy();
  });

  it('resolves a conflict for the side that was chosen', async () => {
    const { host } = await openServer('sync');
    const bifrost = await card('Bifrost team');
    await click(await within(bifrost).findByLabelText('What is on Bifrost team'));
    await click(within(bifrost).getByRole('button', { name: 'Resolve' }));
    await waitFor(() => expect(host.called('sync.apply')).toMatchObject({ resolve: { 'lnk-b': 'remote' } }));
  });

  it('unpatches, with or without deleting the entry there', async () => {
    const { host } = await openServer('sync');
    await click(within(await card('Bifrost staging')).getByRole('button', { name: 'Unpatch…' }));
    await click(within(await dialog(/Unpatch “github”/)).getByRole('button', { name: 'Delete it there' }));
    await waitFor(() => expect(host.called('link.remove')).toEqual({ id: 'lnk-c', deleteRemote: true }));
    await waitFor(() => expect(screen.getAllByText(/^Bifrost staging$/)[0]?.closest('li')).toBeTruthy());
  });
});

describe('history', () => {
  it('shows what a revision changed, and brings it back', async () => {
    const { host } = await openServer('history');
    await click(await screen.findByRole('button', { name: /^2 / }));
    const table = await screen.findByRole('table', { name: 'What revision 2 changed' });
    expect(within(table).getByText('transport.args')).toBeTruthy();
    await click(screen.getByRole('button', { name: 'Restore' }));
    await waitFor(() => expect(host.called('server.restore')).toEqual({ id: 'srv-page', revision: 2 }));
    expect(await screen.findByText('Revision 2 of github is back')).toBeTruthy();
  });
});
