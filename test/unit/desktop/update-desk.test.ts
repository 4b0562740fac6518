import { EventEmitter } from 'node:events';
import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { UpdateState } from '../../../src-main/contract/index.js';
import { UpdateDesk } from '../../../src-main/hosts/desktop/update-desk.js';
import type { Updater } from '../../../src-main/hosts/desktop/update-source.js';
import { isSigned, signedText } from '../../../src-main/hosts/desktop/update-signature.js';
import { updateMethods } from '../../../src-main/app/methods/update-methods.js';
import { FakeApp } from './fake-app.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const KEY = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
const FILES = [
  { url: 'b.AppImage', sha512: 'two' },
  { url: 'a.deb', sha512: 'one' },
];
const signatureOf = (version: string, files = FILES): string =>
  sign(null, Buffer.from(signedText({ version, files })), privateKey).toString('base64');

/** electron-updater as far as the desk uses it, in its own types. */
class FakeUpdater extends EventEmitter {
  autoDownload = true;
  autoInstallOnAppQuit = true;
  autoRunAppAfterInstall = false;
  disableWebInstaller = false;
  allowPrerelease = false;
  allowDowngrade = false;
  logger: Updater['logger'] = console;
  looks: string[] = [];
  offer: { version: string; signature?: string } | Error | undefined;
  installed = 0;
  #channel: string | null = null;
  get channel(): string | null {
    return this.#channel;
  }
  set channel(channel: string | null) {
    this.#channel = channel;
    this.allowDowngrade = true;
  }
  checkForUpdates = async () => {
    this.looks.push(`${String(this.channel)}, prereleases: ${this.allowPrerelease}`);
    const { offer } = this;
    if (offer instanceof Error) throw offer;
    const info = { files: FILES, path: '', sha512: '', releaseDate: '', version: '0.0.0', ...offer };
    return { isUpdateAvailable: offer !== undefined, updateInfo: info, versionInfo: info };
  };
  downloadUpdate = async () => {
    for (const percent of [0.4, 50.2, 50.6, 100]) this.emit('download-progress', { percent });
    return [];
  };
  quitAndInstall = () => void (this.installed += 1);
}

describe('updates', () => {
  let updater: FakeUpdater;
  let said: string[];
  let states: UpdateState[];
  let opened: number;
  let desk: UpdateDesk;
  const failed = vi.fn();
  let whyNot: string | undefined;

  beforeEach(() => {
    failed.mockReset();
    whyNot = undefined;
    vi.useFakeTimers();
    updater = new FakeUpdater();
    [said, states, opened] = [[], [], 0];
    desk = new UpdateDesk({
      open: async () => {
        opened += 1;
        return { updater: updater as unknown as Updater, publicKey: KEY };
      },
      whyNot: () => whyNot,
      restart: (install) => install(failed),
      say: (line) => said.push(line),
    });
    desk.onChanged((state) => states.push(state));
    return () => vi.useRealTimers();
  });

  it('are looked for only when the person has chosen so, and every few hours then', async () => {
    const jackfield = new FakeApp([]);
    desk.follow(await jackfield.fleet());
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect([opened, updater.looks]).toEqual([0, []]);
    expect(desk.status()).toEqual({ state: 'off' });
    jackfield.change({ checkForUpdates: true });
    expect(updater.looks).toEqual([]);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(updater.looks).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(12 * 3_600_000);
    expect(updater.looks).toHaveLength(3);
    expect(desk.status().state).toBe('idle');
    jackfield.change({ checkForUpdates: false });
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(updater.looks).toHaveLength(3);
    expect(opened).toBe(1);
  });

  it('come from the channel that was chosen, and are never older', async () => {
    const jackfield = new FakeApp([]);
    desk.follow(await jackfield.fleet());
    await desk.check();
    jackfield.change({ updateChannel: 'beta' });
    await desk.check();
    expect(updater.looks).toEqual(['latest, prereleases: false', 'beta, prereleases: true']);
    expect(updater).toMatchObject({
      allowDowngrade: false,
      autoDownload: false,
      autoInstallOnAppQuit: false,
      disableWebInstaller: true,
    });
  });

  it('are silent without a network, unless the person asked', async () => {
    updater.offer = new Error('net::ERR_INTERNET_DISCONNECTED\n at x');
    const jackfield = new FakeApp([]);
    jackfield.change({ checkForUpdates: true });
    desk.follow(await jackfield.fleet());
    await vi.advanceTimersByTimeAsync(31_000);
    expect(states.at(-1)).toEqual({ state: 'idle' });
    expect(said).toEqual(['No update: net::ERR_INTERNET_DISCONNECTED']);
    expect(await desk.check()).toMatchObject({ state: 'idle', problem: expect.any(String) as string });
  });

  it('are told in whole steps until they are ready, and then wait for the person', async () => {
    updater.offer = { version: '2.0.0', signature: signatureOf('2.0.0') };
    expect(await desk.check()).toEqual({ state: 'ready', version: '2.0.0' });
    expect(states.flatMap((state) => (state.state === 'downloading' ? state.percent : []))).toEqual([
      0, 50, 100,
    ]);
    expect(updater.installed).toBe(0);
    await desk.check();
    expect(updater.looks).toHaveLength(1);
    vi.useRealTimers();
    await desk.install();
    await vi.waitFor(() => expect(updater.installed).toBe(1));
  });

  it('are refused unless their maker signed them', async () => {
    for (const signature of [undefined, '', 'x', signatureOf('2.0.1')]) {
      updater.offer = { version: '2.0.0', ...(signature !== undefined && { signature }) };
      expect(await desk.check()).toMatchObject({ state: 'refused', version: '2.0.0' });
    }
    await expect(desk.install()).rejects.toThrow('No update is ready');
  });

  it('are not put in place while a tool call runs', async () => {
    updater.offer = { version: '2.0.0', signature: signatureOf('2.0.0') };
    const runtime = { callsUnderWay: 1 };
    const methods = updateMethods({ facts: { updates: desk }, runtime });
    await methods['update.check']({});
    await expect(methods['update.install']({})).rejects.toThrow(/tool call/);
    runtime.callsUnderWay = 0;
    vi.useRealTimers();
    await methods['update.install']({});
    await vi.waitFor(() => expect(updater.installed).toBe(1));
  });

  it('tell whoever has stopped everything for them that they could not be put in place', async () => {
    updater.offer = { version: '2.0.0', signature: signatureOf('2.0.0') };
    await desk.check();
    vi.useRealTimers();
    updater.quitAndInstall = () => void updater.emit('error', new Error('EACCES: no\n at x'));
    await desk.install();
    await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce());
    expect(said).toEqual(['The update could not be put in place: EACCES: no']);
  });

  it('are not offered where it is known that there can be none', async () => {
    whyNot = 'This is a checkout.';
    const jackfield = new FakeApp([]);
    jackfield.change({ checkForUpdates: true });
    desk.follow(await jackfield.fleet());
    expect(desk.status()).toEqual({ state: 'unsupported', reason: 'This is a checkout.' });
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect([opened, updater.looks]).toEqual([0, []]);
  });

  it('are none of the browser host', async () => {
    const methods = updateMethods({ facts: {}, runtime: { callsUnderWay: 0 } });
    expect(await methods['update.check']({})).toMatchObject({ update: { state: 'unsupported' } });
    await expect(methods['update.install']({})).rejects.toThrow('does not update itself');
  });
});

describe('the signature of an update', () => {
  const info = { version: '2.0.0', files: FILES };
  it('holds for the files in any order, and for nothing else', () => {
    const signature = signatureOf('2.0.0');
    expect(isSigned(info, signature, KEY)).toBe(true);
    expect(isSigned({ ...info, files: [...FILES].reverse() }, signature, KEY)).toBe(true);
    expect(isSigned({ ...info, version: '2.0.1' }, signature, KEY)).toBe(false);
    expect(isSigned({ ...info, files: FILES.slice(1) }, signature, KEY)).toBe(false);
    expect(isSigned({ ...info, files: [] }, signatureOf('2.0.0', []), KEY)).toBe(false);
    expect(isSigned(info, signature, '')).toBe(false);
    expect(isSigned(info, 7, KEY)).toBe(false);
  });
  it('is an Ed25519 one', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = other.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const signature = sign(null, Buffer.from(signedText(info)), other.privateKey).toString('base64');
    expect(isSigned(info, signature, key)).toBe(false);
  });
});
