import { describe, expect, it, onTestFinished } from 'vitest';
import KeyValueEditor from '../../../src-renderer/components/KeyValueEditor.svelte';
import ListEditor from '../../../src-renderer/components/ListEditor.svelte';
import SecretField from '../../../src-renderer/components/SecretField.svelte';
import ServerForm from '../../../src-renderer/components/server-form/ServerForm.svelte';
import { ServerFormState } from '../../../src-renderer/components/server-form/form-state.svelte.js';
import type { ValueInput } from '../../../src-main/contract/index.js';
import { catalog } from '../../../src-renderer/state/catalog.svelte.js';
import { startSession } from '../../../src-renderer/state/session.js';
import { FakeHost, fakeServer } from '../fake-host.js';
import { field, show } from './shown.js';
import { click, paste, press, screen, type, waitFor, within } from './window.js';

const KEPT = { secret: 'sec-00000000-0000-4000-8000-000000000001' };

describe('a secret', () => {
  it('is shown as dots, and answers a replaced one as newSecret', async () => {
    const box = field<ValueInput>(SecretField, KEPT, { label: 'Token' });
    expect(screen.getByRole('img', { name: 'Token: kept in the keychain' }).textContent).toContain('••••');
    await click(screen.getByRole('button', { name: 'Replace Token' }));
    const input = screen.getByLabelText('Token') as HTMLInputElement;
    expect(input.type).toBe('password');
    await type(input, 'new value');
    expect(box.value).toEqual({ newSecret: 'new value' });
  });

  it('can be shown while it is typed, and the old one can be kept after all', async () => {
    const box = field<ValueInput>(SecretField, KEPT, { label: 'Token' });
    await click(screen.getByRole('button', { name: 'Replace Token' }));
    await click(screen.getByRole('button', { name: 'Show Token' }));
    expect((screen.getByLabelText('Token') as HTMLInputElement).type).toBe('text');
    await click(screen.getByRole('button', { name: 'Keep the old Token' }));
    expect(box.value).toEqual(KEPT);
  });

  it('is copied by the host, never by the page', async () => {
    const host = new FakeHost();
    onTestFinished(startSession(host));
    field<ValueInput>(SecretField, KEPT, { label: 'Token' });
    await click(screen.getByRole('button', { name: 'Copy Token' }));
    await waitFor(() => expect(host.called('secret.copy')).toEqual({ id: KEPT.secret }));
  });

  it('says that one held in memory is lost', () => {
    catalog.lostSecrets = new Set([KEPT.secret]);
    onTestFinished(() => catalog.clear());
    field<ValueInput>(SecretField, KEPT, { label: 'Token' });
    expect(screen.getByRole('img', { name: /gone, enter it again/ })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Copy Token' })).toBeNull();
  });
});

describe('a map of values', () => {
  it('flags a plain value that looks like a secret, and moves it', async () => {
    const box = field<Record<string, ValueInput>>(
      KeyValueEditor,
      { API_KEY: 'abc123' },
      { label: 'Environment', kind: 'env' },
    );
    await click(screen.getByRole('button', { name: 'Move to keychain' }));
    expect(box.value).toEqual({ API_KEY: { newSecret: 'abc123' } });
  });

  it('takes pasted .env lines apart and locks the secrets among them', async () => {
    const box = field<Record<string, ValueInput>>(KeyValueEditor, {}, { label: 'Environment', kind: 'env' });
    await click(screen.getByRole('button', { name: 'Add variable' }));
    await paste(screen.getByLabelText('Name of variable'), 'LOG=debug\nGITHUB_TOKEN=ghp_x');
    expect(box.value).toEqual({ LOG: 'debug', GITHUB_TOKEN: { newSecret: 'ghp_x' } });
  });

  it('marks a name that stands twice, without losing either row', async () => {
    field<Record<string, ValueInput>>(KeyValueEditor, { 'X-A': '1' }, { label: 'Headers', kind: 'headers' });
    await click(screen.getByRole('button', { name: 'Add header' }));
    const names = screen.getAllByLabelText('Name of header');
    await type(names[1] as HTMLElement, 'x-a');
    expect(screen.getAllByText('This header stands twice.')).toHaveLength(2);
    expect(names[0]?.getAttribute('aria-invalid')).toBe('true');
  });

  it('removes an entry and shows the host’s fault at its row', async () => {
    const box = field<Record<string, ValueInput>>(
      KeyValueEditor,
      { 'A B': '1', C: '2' },
      { label: 'Environment', kind: 'env', errors: { 'A B': 'is not an environment variable name' } },
    );
    expect(screen.getByText('is not an environment variable name')).toBeTruthy();
    await click(screen.getByRole('button', { name: 'Remove A B' }));
    expect(box.value).toEqual({ C: '2' });
  });
});

describe('a list', () => {
  it('grows by Enter, shrinks by Backspace, and is ordered by Alt and arrows', async () => {
    const box = field<string[]>(ListEditor, ['one', 'two'], { label: 'Arguments', noun: 'argument' });
    const row = (n: number): HTMLElement => screen.getByLabelText(`argument ${n}`);
    await press(row(2), 'ArrowUp', { altKey: true });
    expect(box.value).toEqual(['two', 'one']);
    await press(row(2), 'Enter');
    await type(row(3), 'three');
    expect(box.value).toEqual(['two', 'one', 'three']);
    await type(row(3), '');
    await press(row(3), 'Backspace');
    expect(box.value).toEqual(['two', 'one']);
  });
});

describe('the form of a server', () => {
  const transport = {
    type: 'stdio',
    command: 'npx',
    args: ['a'],
    env: { TOKEN: KEPT, LOG: 'x' },
    cwd: '/srv',
  };

  function form(): { host: FakeHost; form: ServerFormState } {
    const host = new FakeHost();
    onTestFinished(startSession(host));
    const server = host.putServer(fakeServer({ id: 's1', name: 'one', transport }));
    const state = new ServerFormState(server);
    show(ServerForm, { form: state });
    return { host, form: state };
  }

  it('sends only what changed, and the revision it was read at', async () => {
    const { host, form: state } = form();
    expect(state.dirty).toBe(false);
    await type(screen.getByLabelText(/^Description/), 'mine');
    await type(screen.getByLabelText(/^Working folder/), '');
    await click(screen.getByLabelText('Start with Jackfield'));
    expect(state.dirty).toBe(true);
    await state.save();
    expect(host.called('server.update')).toEqual({
      id: 's1',
      revision: 1,
      patch: { description: 'mine', transport: { cwd: null }, lifecycle: { autostart: true } },
    });
    expect(state.dirty).toBe(false);
    expect(state.original?.revision).toBe(2);
  });

  it('never sends a secret it did not touch as anything but its reference', async () => {
    const { host, form: state } = form();
    await type(screen.getByLabelText('Name'), 'two');
    await state.save();
    expect(host.called('server.update')).toMatchObject({ patch: { name: 'two' } });
    expect(host.snapshot.servers[0]?.transport).toMatchObject({ env: { TOKEN: KEPT } });
  });

  it('keeps what was typed when the type is changed to and fro', async () => {
    const { form: state } = form();
    await click(screen.getByLabelText('SSE'));
    await type(screen.getByLabelText('URL'), 'https://a.example/sse');
    expect(state.input().transport).toMatchObject({ type: 'sse', url: 'https://a.example/sse' });
    await click(screen.getByLabelText('Local command'));
    expect(state.dirty).toBe(false);
    await click(screen.getByLabelText('Streamable HTTP'));
    expect((screen.getByLabelText('URL') as HTMLInputElement).value).toBe('https://a.example/sse');
  });

  it('shows the faults of every section at their fields', async () => {
    const { form: state } = form();
    await type(screen.getByLabelText('Command'), '');
    state.autoExecute = ['b'];
    state.execute = ['a'];
    await state.save();
    await waitFor(() => expect(screen.getByLabelText('Command').getAttribute('aria-invalid')).toBe('true'));
    expect(screen.getByText(/"b" runs without approval but is not in execute/)).toBeTruthy();
  });

  it('lists prices by tool, and refuses one that is no number', async () => {
    const { form: state } = form();
    const prices = screen.getByRole('group', { name: 'Prices' });
    await click(within(prices).getByRole('button', { name: 'Add price' }));
    await type(within(prices).getByLabelText('Tool'), 'search');
    await type(within(prices).getByLabelText('Price of search in US dollars'), 'x');
    expect(within(prices).getByText('A price is a number, 0 or more.')).toBeTruthy();
    await type(within(prices).getByLabelText('Price of search in US dollars'), '0.002');
    expect(state.pricing).toEqual({ search: 0.002 });
  });
});
