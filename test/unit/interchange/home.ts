import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { Interchange, type InterchangePorts } from '../../../src-main/interchange/interchange.js';
import { secret, server } from './servers.js';

// Put together here, so that no scanner takes this file for a leak.
export const TOKEN = `ghp_${'a1B2c3D4'.repeat(5)}`;

export const foo = server('foo', { type: 'stdio', command: 'npx', args: ['foo-mcp'] });
export const withToken = server('foo', {
  type: 'stdio',
  command: 'npx',
  args: ['foo-mcp'],
  env: { TOKEN: secret('1') },
});

/** A home folder of its own for each test of the file that calls this. */
export class Home {
  folder = '';
  interchange!: Interchange;

  static use(): Home {
    const home = new Home();
    beforeEach(async () => {
      home.folder = await mkdtemp(join(tmpdir(), 'jackfield-interchange-'));
      home.interchange = home.on('linux');
    });
    afterEach(() => rm(home.folder, { recursive: true, force: true, maxRetries: 5 }));
    return home;
  }

  on(platform: NodeJS.Platform, env: NodeJS.ProcessEnv = {}, home = this.folder): Interchange {
    return new Interchange({ home, env, platform, dataDir: this.at('data') });
  }

  /** The same on Linux, with more than most tests need. */
  with(ports: Partial<InterchangePorts>): Interchange {
    return new Interchange({
      home: this.folder,
      env: {},
      platform: 'linux',
      dataDir: this.at('data'),
      ...ports,
    });
  }

  at = (...parts: string[]): string => join(this.folder, ...parts);

  /** Writes a file and the folders above it; an object as JSON. */
  put = async (path: string, content: string | Buffer | object): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    const isBytes = typeof content === 'string' || Buffer.isBuffer(content);
    await writeFile(path, isBytes ? content : JSON.stringify(content, null, 2));
  };

  read = (path: string): Promise<string> => readFile(path, 'utf8');
}
