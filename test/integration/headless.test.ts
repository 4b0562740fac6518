import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../support/host.js';
import { tempFolder } from '../support/temp-folder.js';

const UNIT = join(ROOT, 'docs/headless/jackfield.service');
const unit = readFileSync(UNIT, 'utf8');
const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
const dockerfile = readFileSync(join(ROOT, 'docs/headless/Dockerfile'), 'utf8');
const inContainer = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];

type Service = { line: string; end: () => Promise<number | null>; stderr: () => string };

/** Starts a line as a service manager does: a bare environment, no terminal, no D-Bus. The port is any free one. */
async function serve(line: string[], env: NodeJS.ProcessEnv): Promise<Service> {
  const [command = '', ...args] = line.map((word) => (word === '4555' ? '0' : word));
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += String(data)));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const first = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited]);
  return {
    line: String(first[0]),
    stderr: () => stderr,
    end: async () => {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}

describe.skipIf(process.platform === 'win32')(
  'the browser host as a service, by the lines of the docs',
  () => {
    const unitLine = value('ExecStart').split(' ');

    it.each<[string, (folder: string) => NodeJS.ProcessEnv, string]>([
      ['with a home', (folder) => ({ HOME: folder }), '.local/share/jackfield'],
      [
        'with folders of XDG',
        (folder) => ({ HOME: '/nowhere', XDG_DATA_HOME: join(folder, 'data'), XDG_RUNTIME_DIR: folder }),
        'data/jackfield',
      ],
    ])('starts %s and ends with 0 when it is stopped', async (_how, environment, dataDir) => {
      const folder = await tempFolder();
      const service = await serve(unitLine, environment(folder));
      expect(JSON.parse(service.line)).toMatchObject({
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=/) as string,
      });
      expect(await readdir(join(folder, dataDir))).toContain('catalog.json');
      expect(await service.end()).toBe(0);
      // The key is in the line that goes to the file, and in nothing that goes to the journal.
      expect(service.stderr()).not.toContain('token');
    });

    it('ends in ways that systemd does not try again where trying again would not help', async () => {
      const folder = await tempFolder();
      const env = { HOME: folder };
      const service = await serve(unitLine, env);
      expect(JSON.parse(service.line)).toHaveProperty('url');
      const second = await serve(unitLine, env);
      const codes = value('RestartPreventExitStatus').split(' ');
      expect(codes).toContain(second.line);
      const third = await serve([...unitLine, '--prot'], env);
      expect(codes).toContain(third.line);
      expect(value('Restart')).toBe('on-failure');
    });

    it('starts as in the container, with a folder that it was given', async () => {
      const data = join(await tempFolder(), 'data');
      await mkdir(data);
      expect(inContainer.slice(0, 2)).toEqual(['node', 'out/main/browser.js']);
      const service = await serve(
        inContainer.map((word) => (word === '/data' ? data : word)),
        { HOME: '/nowhere' },
      );
      expect(service.line).toMatch(/ready: http:\/\/127\.0\.0\.1:/);
      expect(await service.end()).toBe(0);
      expect(await readdir(data)).toContain('catalog.json');
    });

    it('is given time enough to stop its servers', () => {
      expect(value('KillMode')).toBe('mixed');
      expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(10);
    });

    it.runIf(existsSync('/usr/bin/systemd-analyze'))('is a unit as systemd wants it', async () => {
      const env = { ...process.env, XDG_RUNTIME_DIR: await tempFolder() };
      const { stdout, stderr } = await promisify(execFile)('systemd-analyze', ['verify', '--user', UNIT], {
        env,
      });
      expect(stdout + stderr).toBe('');
    });
  },
);
