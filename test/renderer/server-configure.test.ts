import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigureState } from '../../src-renderer/screens/server/configure/configure-state.svelte.js';
import { catalog } from '../../src-renderer/state/catalog.svelte.js';
import { startSession } from '../../src-renderer/state/session.js';
import { FakeFault } from './fake-host.js';
import { click, screen, type, waitFor, within } from './foundation/window.js';
import { serverPageHost } from './server-seed.js';
import { openServer } from './server-window.js';

// The whole window is drawn for each test; a busy machine takes its time over that.
vi.setConfig({ testTimeout: 30_000 });

async function state() {
  const { host, server } = serverPageHost();
  onTestFinished(startSession(host));
  await waitFor(() => expect(catalog.server(server.id)).toBeDefined());
  const edit = new ConfigureState(server.id);
  await edit.loadRules();
  return { host, edit, server };
}

/** The text with one value of its JSON changed. */
function changed(text: string, change: (server: Record<string, object>) => void): string {
  const value = JSON.parse(text) as Record<string, object>;
  change(value);
  return JSON.stringify(value, null, 2);
}

describe('one server seen twice', () => {
  it('lets the form follow the JSON, and the JSON follow the form', async () => {
    const { edit } = await state();
    expect(JSON.parse(edit.text)).toMatchObject({
      name: 'github',
      transport: { env: { GITHUB_TOKEN: { secret: expect.stringMatching(/^sec-/) } } },
    });
    edit.editText(changed(edit.text, (server) => Object.assign(server, { name: 'from json', tags: [] })));
    expect([edit.form.name, edit.form.tags]).toEqual(['from json', []]);
    edit.form.name = 'from form';
    edit.follow();
    expect(JSON.parse(edit.text)).toMatchObject({ name: 'from form', tags: [] });
  });

  it('keeps the text as it was typed while it means the same', async () => {
    const { edit } = await state();
    const compact = JSON.stringify(JSON.parse(edit.text));
    edit.editText(compact);
    edit.follow();
    expect(edit.text).toBe(compact);
    expect(edit.dirty).toBe(false);
  });

  it('puts defaults where a field was taken out of the JSON', async () => {
    const { edit } = await state();
    edit.editText(
      changed(edit.text, (server) => {
        delete server['description'];
        delete server['tools'];
      }),
    );
    expect([edit.form.description, edit.form.autoExecute, edit.form.pricing]).toEqual(['', [], {}]);
    expect(edit.form.patch).toMatchObject({
      description: '',
      tools: { autoExecute: [], pricing: { search_issues: null } },
    });
  });

  it('leaves the form alone while the JSON is none, and will not save', async () => {
    const { edit, host } = await state();
    edit.editText(edit.text.replace('"github"', '"half'));
    expect(edit.broken.length).toBeGreaterThan(0);
    expect(edit.form.name).toBe('github');
    expect(edit.dirty).toBe(true);
    await edit.save();
    expect(host.called('server.update')).toBeUndefined();
  });

  it('marks what is not a server’s field, instead of losing it', async () => {
    const { edit } = await state();
    edit.editText(changed(edit.text, (server) => Object.assign(server, { autostart: true })));
    expect(edit.broken[0]?.message).toBe('autostart is not a field here');
    expect(edit.text.slice(edit.broken[0]?.from, edit.broken[0]?.to)).toBe('"autostart": true');
  });

  it('marks what breaks a rule at its line, and still shows it in the form', async () => {
    const { edit } = await state();
    edit.editText(
      changed(edit.text, (server) =>
        Object.assign(server['tools'] ?? {}, { execute: ['a'], autoExecute: ['b'] }),
      ),
    );
    expect(edit.broken).toEqual([]);
    expect(edit.unruly[0]?.message).toContain('runs without approval but is not in execute');
    expect(edit.text.slice(edit.unruly[0]?.from, edit.unruly[0]?.to)).toBe('"b"');
    expect(edit.form.autoExecute).toEqual(['b']);
  });

  it('takes a new secret, sends the difference alone, and answers a reference', async () => {
    const { edit, host } = await state();
    edit.editText(
      changed(edit.text, (server) => {
        Object.assign((server['transport'] as { env: object }).env, {
          GITHUB_TOKEN: { newSecret: 'hush' },
          GITHUB_HOST: undefined,
        });
      }),
    );
    await edit.save();
    expect(host.called('server.update')).toEqual({
      id: 'srv-page',
      revision: 3,
      patch: { transport: { env: { GITHUB_TOKEN: { newSecret: 'hush' }, GITHUB_HOST: null } } },
    });
    expect(edit.text).not.toContain('hush');
    expect(edit.dirty).toBe(false);
  });

  it('shows the host’s refusal at its place in the text', async () => {
    const { edit, host } = await state();
    host.handlers['server.update'] = () => {
      throw new FakeFault('invalid', 'No.', 'Correct it.', [
        { path: 'transport.cwd', message: 'is no folder' },
      ]);
    };
    edit.form.cwd = '/nowhere';
    edit.follow();
    await edit.save();
    const [mark] = edit.refused;
    expect(edit.text.slice(mark?.from, mark?.to)).toBe('"cwd": "/nowhere"');
  });

  it('follows a change made elsewhere while nothing is edited', async () => {
    const { edit, host, server } = await state();
    host.putServer({ ...server, revision: 4, description: 'theirs' });
    edit.refresh();
    edit.follow();
    expect(JSON.parse(edit.text)).toMatchObject({ description: 'theirs' });
    expect(edit.isBehind).toBe(false);
  });

  it('overwrites only what was edited here', async () => {
    const { edit, host, server } = await state();
    edit.form.name = 'mine';
    host.putServer({ ...server, revision: 4, description: 'theirs' });
    expect(edit.isBehind).toBe(true);
    await edit.overwrite();
    expect(host.called('server.update')).toEqual({ id: 'srv-page', revision: 4, patch: { name: 'mine' } });
    expect(catalog.server('srv-page')).toMatchObject({ name: 'mine', description: 'theirs' });
  });
});

describe('the tab', () => {
  it('keeps what is not saved while another tab is looked at, and says so', async () => {
    await openServer('configure');
    await type(await screen.findByLabelText('Name'), 'changed');
    await click(screen.getByRole('tab', { name: /^Overview/ }));
    await screen.findByRole('heading', { name: 'Details' });
    await click(screen.getByRole('tab', { name: /^Configure needs attention/ }));
    expect((await screen.findByLabelText<HTMLInputElement>('Name')).value).toBe('changed');
    expect(screen.getByText('Not saved')).toBeTruthy();
  });

  it('saves, and offers a restart where the running process has the old values', async () => {
    const { host } = await openServer('configure');
    await type(await screen.findByLabelText('Command'), 'bunx');
    await click(screen.getByRole('button', { name: 'Save' }));
    const note = await screen.findByText('It still runs with what it had before.');
    await click(within(note.parentElement as HTMLElement).getByRole('button', { name: 'Restart' }));
    await waitFor(() => expect(host.called('run.restart')).toEqual({ serverId: 'srv-page' }));
  });

  it('puts the host’s refusal at the field', async () => {
    await openServer('configure');
    await type(await screen.findByLabelText('Name'), '');
    await click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('must not be empty')).toBeTruthy();
    expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true');
  });

  it('says what was changed elsewhere, and offers both ways out', async () => {
    const { host, server } = await openServer('configure');
    await type(await screen.findByLabelText('Name'), 'mine');
    host.putServer({ ...server, revision: 9, description: 'theirs' });
    expect(await screen.findByText(/Changed there: description/)).toBeTruthy();
    await click(screen.getByRole('button', { name: 'Reload, and lose my edits' }));
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('github');
    expect(screen.queryByText(/was changed elsewhere/)).toBeNull();
  });
});
