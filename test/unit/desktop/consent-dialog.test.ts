import { beforeEach, describe, expect, it, vi } from 'vitest';
import { called, machine, resetElectron } from '../../support/electron-stub.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { askInDialog } = await import('../../../src-main/hosts/desktop/consent-dialog.js');

type Shown = { message: string; detail: string; buttons: string[]; defaultId: number; cancelId: number };
const shown = (): Shown[] => called('dialog.showMessageBox').map(([options]) => options as Shown);

describe('the question in a dialog of the OS', () => {
  beforeEach(() => resetElectron());

  const request = (args: string[] = []) => ({
    serverId: 's1',
    name: 'One',
    from: 'was imported from cursor',
    command: { command: 'npx', args, envNames: ['TOKEN'], steering: {} },
    answer: vi.fn(async () => undefined),
  });

  it('shows the whole command, and no is what Enter and Escape mean', async () => {
    machine.dialogAnswer = 1;
    const asked = request(['-y', '\u202eevil']);
    await askInDialog()(asked);
    await vi.waitFor(() => expect(asked.answer).toHaveBeenCalledWith(true));
    expect(shown()).toMatchObject([{ buttons: ['Don’t allow', 'Allow'], defaultId: 0, cancelId: 0 }]);
    for (const part of ['npx', '-y', '⟨U+202E⟩evil', 'TOKEN', 'imported from cursor'])
      expect(shown()[0]?.detail).toContain(part);
  });

  it('takes a closed dialog for a no, and is not asked again at once', async () => {
    let time = 0;
    const ask = askInDialog(() => time);
    const first = request();
    await ask(first);
    await vi.waitFor(() => expect(first.answer).toHaveBeenCalledWith(false));
    await expect(ask(request())).rejects.toMatchObject({ code: 'consent_required' });
    time = 6_000;
    await ask(request());
    await vi.waitFor(() => expect(shown()).toHaveLength(2));
  });

  it('offers to allow a long command on its last part alone', async () => {
    machine.dialogAnswer = 1;
    const asked = request([
      ...Array.from({ length: 60 }, (_, index) => `arg${index}`),
      'x'.repeat(500),
      'the end',
    ]);
    await askInDialog()(asked);
    await vi.waitFor(() => expect(asked.answer).toHaveBeenCalledWith(true));
    const all = shown();
    expect(all.length).toBeGreaterThan(3);
    expect(all.slice(0, -1).every(({ buttons }) => !buttons.includes('Allow'))).toBe(true);
    expect(all.at(-1)?.detail).toContain('the end');
  });

  it('does not allow what nobody could read', async () => {
    machine.dialogAnswer = 1;
    const asked = request(['x'.repeat(100_000)]);
    await askInDialog()(asked);
    await vi.waitFor(() => expect(asked.answer).toHaveBeenCalledWith(false));
    expect(asked.answer).not.toHaveBeenCalledWith(true);
  });

  it('asks one thing at a time', async () => {
    const ask = askInDialog();
    const both = [ask(request()), ask(request())];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});
