import { describe, expect, it, vi } from 'vitest';
import type { Run, RunState, Snapshot } from '../../../src-main/contract/index.js';
import { Fleet } from '../../../src-main/hosts/desktop/fleet.js';
import { FakeApp } from './fake-app.js';

const run = (serverId: string, state: RunState): Run => ({ serverId, state, restarts: 0 });

describe('the fleet as the native parts see it', () => {
  it('mirrors servers and runs, and tells what changed', async () => {
    const app = new FakeApp(['b', 'a']);
    const fleet = await Fleet.follow(app, app.client);
    expect(fleet.servers()).toEqual([
      { id: 'id-a', name: 'a', state: 'stopped' },
      { id: 'id-b', name: 'b', state: 'stopped' },
    ]);
    const changed = vi.fn();
    const ran = vi.fn();
    fleet.onChanged(changed);
    fleet.onRun(ran);
    app.notify('run.changed', { run: run('id-a', 'starting') });
    app.notify('run.changed', { run: run('id-a', 'running') });
    app.notify('run.changed', { run: { ...run('id-a', 'running'), cpuPercent: 3 } });
    expect(ran.mock.calls.map(([, { state }, before]) => [before, state])).toEqual([
      ['stopped', 'starting'],
      ['starting', 'running'],
    ]);
    expect(changed).toHaveBeenCalledTimes(2);
    expect(fleet.count('running')).toBe(1);
    expect(fleet.live()).toEqual([{ id: 'id-a', name: 'a', state: 'running' }]);
    app.notify('catalog.changed', { removed: { servers: ['id-a'] } });
    expect(fleet.servers().map(({ name }) => name)).toEqual(['b']);
    expect(fleet.count('running')).toBe(0);
  });

  it('loses nothing that happens while the first picture is on its way', async () => {
    const app = new FakeApp(['a']);
    let answer: (snapshot: Snapshot) => void = () => undefined;
    const call = () => new Promise<Snapshot>((resolve) => (answer = resolve));
    const following = Fleet.follow(app, { call } as never);
    const before = app.snapshot();
    app.notify('run.changed', { run: run('id-a', 'running') });
    answer(before);
    expect((await following).count('running')).toBe(1);
  });

  it('tells settings at once and when they change', async () => {
    const app = new FakeApp([]);
    const fleet = await Fleet.follow(app, app.client);
    const themes: string[] = [];
    fleet.onSettings(({ theme }) => themes.push(theme));
    app.change({ theme: 'dark' });
    expect(themes).toEqual(['system', 'dark']);
    expect(fleet.settings.theme).toBe('dark');
  });
});
