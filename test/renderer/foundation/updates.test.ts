import { describe, expect, it } from 'vitest';
import type { UpdateState } from '../../../src-main/contract/index.js';
import { updateLine } from '../../../src-renderer/state/updates.svelte.js';
import { FakeFault, FakeHost } from '../fake-host.js';
import { click, goTo, openWindow, screen, within } from './window.js';

function desktopHost(update: UpdateState): FakeHost {
  const host = new FakeHost();
  host.handlers['app.info'] = () => ({
    version: '0.1.0',
    host: 'desktop',
    platform: 'linux',
    dataDir: '/data',
    keychain: { available: true },
  });
  host.handlers['update.status'] = () => ({ update });
  return host;
}

describe('updates in the window', () => {
  it('are no matter of a page in a browser', async () => {
    const host = await openWindow(new FakeHost(), '#/settings');
    expect(screen.queryByText('Look for updates')).toBeNull();
    expect(host.calls.map(({ method }) => method)).not.toContain('update.status');
  });

  it('are looked for when the person says so, and said to be none', async () => {
    const host = desktopHost({ state: 'off' });
    host.handlers['update.check'] = () => ({ update: { state: 'off', checkedAt: '2026-01-01T00:00:00Z' } });
    await openWindow(host, '#/settings');
    await click(await screen.findByRole('button', { name: 'Look now' }));
    expect(await screen.findByText('This is the newest version.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Restart to update' })).toBeNull();
  });

  it('that are ready are told on every screen, and put in place by one button', async () => {
    const host = desktopHost({ state: 'ready', version: '1.9.0' });
    await openWindow(host);
    await screen.findByText('Version 1.9.0 is ready.');
    host.notify('update.changed', { update: { state: 'ready', version: '2.0.0' } });
    expect(await screen.findByText('Version 2.0.0 is ready.')).toBeTruthy();
    host.handlers['update.install'] = () => {
      throw new FakeFault('unsupported', 'A tool call is running.', 'Wait for its answer.');
    };
    await click(screen.getByRole('button', { name: 'Restart to update' }));
    expect(await screen.findByText(/A tool call is running. Wait for its answer/)).toBeTruthy();
    await goTo('#/activity');
    const note = screen.getByText('Version 2.0.0 is ready.').closest('[role="status"]') as HTMLElement;
    await click(within(note).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByText('Version 2.0.0 is ready.')).toBeNull();
  });

  it('that were refused are told', async () => {
    await openWindow(desktopHost({ state: 'refused', version: '2.0.0', reason: 'It is not signed.' }));
    expect(await screen.findByText('Version 2.0.0 was refused.')).toBeTruthy();
  });

  it('have a sentence for every state', () => {
    const states: UpdateState[] = [
      { state: 'unsupported', reason: 'No.' },
      { state: 'idle' },
      { state: 'idle', problem: 'Unreachable.' },
      { state: 'checking' },
      { state: 'downloading', version: '2.0.0', percent: 7 },
      { state: 'ready', version: '2.0.0' },
    ];
    expect(states.map(updateLine)).toEqual([
      'No.',
      '',
      'Unreachable.',
      'Looking for a newer version.',
      'Downloading version 2.0.0: 7 %.',
      'Version 2.0.0 is ready, and waits for you to say when.',
    ]);
  });
});
