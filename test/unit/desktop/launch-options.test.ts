import { describe, expect, it } from 'vitest';
import { LaunchError, ownArguments, readLaunch } from '../../../src-main/hosts/desktop/launch-options.js';

const read = (args: string[], { isPackaged = false, env = {} as NodeJS.ProcessEnv } = {}) =>
  readLaunch(args, { env, cwd: '/home/me', isPackaged });

describe('what of a command line is for the app', () => {
  it.each([
    ['a packaged app', true, ['/opt/jackfield', '--hidden', 'a.json'], ['--hidden', 'a.json']],
    ['Electron with a folder', false, ['/e/electron', '/repo', '--data-dir', '/d'], ['--data-dir', '/d']],
    [
      'Electron under a debugger',
      false,
      ['/e/electron', '--no-sandbox', '--inspect=0', '--remote-debugging-port=0', '/repo', 'a.json'],
      ['a.json'],
    ],
  ])('of %s', (_what, isPackaged, argv, own) => {
    expect(ownArguments(argv, isPackaged)).toEqual(own);
  });
});

describe('how the desktop app is started', () => {
  it('takes a data folder from the option, then from the environment, made absolute', () => {
    const env = { JACKFIELD_DATA_DIR: '/env' };
    expect(read([]).dataDir).toBeUndefined();
    expect(read([], { env }).dataDir).toBe('/env');
    expect(read(['--data-dir', 'x y'], { env }).dataDir).toBe('/home/me/x y');
    expect(read(['--data-dir=/z'], { env }).dataDir).toBe('/z');
  });

  it('keeps links and files in their order', () => {
    const { opened, hidden } = read(['jackfield://open/import', '--hidden', 'a.json', '/b.toml']);
    expect(opened).toEqual(['jackfield://open/import', '/home/me/a.json', '/b.toml']);
    expect(hidden).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('takes files as URLs too, as Linux desktops name them', () => {
    expect(read(['file:///home/me/My%20bundle.mcpb', 'FILE:///a.json']).opened).toEqual([
      '/home/me/My bundle.mcpb',
      '/a.json',
    ]);
    // Whatever this is, it names no file here.
    expect(read(['file://elsewhere/a.json']).opened).toEqual(['file://elsewhere/a.json']);
  });

  it('takes links of other apps as links, and drives of Windows as files', () => {
    const links = ['cursor://anysphere.cursor-deeplink/mcp/install?name=a', 'vscode:mcp/install?{}'];
    expect(read(links).opened).toEqual(links);
    expect(read(['C:\\a.mcpb']).opened[0]).toContain('C:\\a.mcpb');
    expect(read(['C:\\a.mcpb']).opened[0]).not.toBe('C:\\a.mcpb');
  });

  it('passes over what only the browser host uses', () => {
    expect(read(['--no-open', '--json', '--port', '4555', '--port=1']).opened).toEqual([]);
  });

  it.each([
    [['--prot', '1'], '--prot'],
    [['--data-dir', ''], '--data-dir'],
    [['--data-dir'], '--data-dir'],
  ])('refuses %j and names it', (args, named) => {
    expect(() => read(args)).toThrow(LaunchError);
    expect(() => read(args)).toThrow(named);
  });

  it('leaves switches of Chromium and the OS alone once packaged', () => {
    expect(read(['--enable-features=x', '-psn_0_1', 'a.json'], { isPackaged: true }).opened).toEqual([
      '/home/me/a.json',
    ]);
  });
});
