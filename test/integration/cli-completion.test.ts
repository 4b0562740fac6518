import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND, jackfield } from '../support/command.js';
import { Host, realServer } from '../support/host.js';

const NASTY = `Über "uns" $(touch pwned) 'x' \`y\``;

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stdout.write(`${shell} is not installed: its completion was not tested\n`);
    return false;
  }
};

/** What each shell itself makes of a line, as its own machinery for completion tells it. */
const ASK = {
  bash: (line: string) =>
    `eval "$(jackfield completion bash)"; COMP_LINE=${q(line)}; COMP_POINT=\${#COMP_LINE}; read -ra COMP_WORDS <<< "$COMP_LINE"; [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _jackfield; printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: (line: string) => `jackfield completion fish | source; complete -C ${q(line)}`,
};
const q = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

describe('completion', () => {
  let host: Awaited<ReturnType<typeof Host.start>>;
  let bin: string;
  beforeAll(async () => {
    host = await Host.start();
    const { server } = await host.client.call('server.create', {
      server: { name: 'Everything', transport: realServer('everything') },
    });
    await host.client.call('server.create', { server: { name: NASTY, transport: realServer('memory') } });
    await host.client.call('run.start', { serverId: server.id });
    bin = await mkdtemp(join(tmpdir(), 'jackfield-bin-'));
    await writeFile(join(bin, 'jackfield'), `#!/bin/sh\nexec ${q(process.execPath)} ${q(COMMAND)} "$@"\n`);
    await chmod(join(bin, 'jackfield'), 0o755);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await rm(bin, { recursive: true, force: true, maxRetries: 5 });
  });

  const inShell = (shell: string, args: string[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const env = {
        ...process.env,
        HOME: bin,
        PATH: [bin, process.env['PATH']].join(delimiter),
        JACKFIELD_DATA_DIR: host.dataDir,
      };
      execFile(shell, args, { env, cwd: bin }, (error, stdout, stderr) =>
        error ? reject(new Error(`${error.message}${stderr}`)) : resolve(stdout.split('\n').filter(Boolean)),
      );
    });

  it('knows commands, options, servers and the tools of one that runs', async () => {
    const offered = async (...words: string[]): Promise<string[]> => {
      const { stdout } = await jackfield(['complete', '--', ...words], { dataDir: host.dataDir });
      return stdout
        .split('\n')
        .map((line) => line.split('\t')[0] ?? '')
        .filter(Boolean);
    };
    expect(await offered('')).toEqual(expect.arrayContaining(['list', 'run', 'completion']));
    expect(await offered('')).not.toContain('complete');
    expect(await offered('l')).toEqual(['list', 'logs']);
    expect(await offered('logs', '--f')).toEqual(['--follow']);
    expect(await offered('start', '')).toEqual(['Everything', NASTY]);
    expect(await offered('start', 'Everything', '')).toEqual([NASTY]);
    expect(await offered('run', 'ev')).toEqual(['Everything']);
    expect(await offered('call', 'everything', 'ec')).toEqual(['echo']);
    expect(await offered('call', NASTY, '')).toEqual([]);
    expect(await offered('export', '--client', 'curs')).toContain('cursor');
    expect(await offered('sync', '--resolve', '')).toEqual(['local', 'remote']);
    expect(await offered('sync', '--resolve=l')).toEqual(['--resolve=local']);
    expect(await offered('sync', '--all=')).toEqual([]);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it.skipIf(!has('bash'))('works in bash, and runs nothing that a name holds', async () => {
    const ask = (line: string) => inShell('bash', ['--norc', '-c', ASK.bash(line)]);
    expect(await ask('jackfield do')).toEqual(['doctor']);
    expect(await ask('jackfield call everything ec')).toEqual(['echo']);
    const [name = ''] = await ask('jackfield start Üb');
    // What bash would put on the line is, read by bash, the name and nothing else.
    expect(await inShell('bash', ['--norc', '-c', `printf '%s\\n' ${name}`])).toEqual([NASTY]);
    expect(await inShell('ls', [])).toEqual(['jackfield']);
  });

  it.skipIf(!has('bash'))(
    'goes on in bash with a word that is quoted, escaped, or parted by bash itself',
    async () => {
      const create = async (name: string): Promise<string> => {
        const { server } = await host.client.call('server.create', {
          server: { name, transport: realServer('memory') },
        });
        return server.id;
      };
      const ids = [await create('my "files"'), await create('co:lon x')];
      await writeFile(join(bin, 'my list.json'), '[]');
      // `current`: the part of the line that bash would replace.
      const ask = (line: string, current: string) =>
        inShell('bash', [
          '--norc',
          '-c',
          `eval "$(jackfield completion bash)"; COMP_LINE=${q(line)}; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=(jackfield ${q(current)}); COMP_CWORD=1; _jackfield; printf '%s\\n' "\${COMPREPLY[@]}"`,
        ]);
      expect(await ask('jackfield start my\\ ', 'my\\ ')).toEqual(['my\\ \\"files\\"']);
      // Bash puts these behind the quote that is there.
      expect(await ask('jackfield start "my ', '"my ')).toEqual(['my \\"files\\"']);
      expect(await ask("jackfield start 'my ", "'my ")).toEqual(['my "files"']);
      expect(await ask('jackfield start "Ü', '"Ü')).toEqual([
        `Über \\"uns\\" \\$(touch pwned) 'x' \\\`y\\\``,
      ]);
      expect(await ask('jackfield start co:l', 'l')).toEqual(['lon\\ x']);
      expect(await ask('jackfield start co:', ':')).toEqual(['lon\\ x']);
      expect(await ask('jackfield start "Everything" my', 'my')).toEqual(['my\\ \\"files\\"']);
      expect(await ask('jackfield sync --resolve=', '=')).toEqual(['local', 'remote']);
      // Names of files are quoted by bash itself.
      expect(await ask('jackfield import my\\ l', 'my\\ l')).toEqual(['my list.json']);
      await rm(join(bin, 'my list.json'));
      for (const id of ids) await host.client.call('server.remove', { id });
    },
  );

  it.skipIf(!has('fish'))('works in fish', async () => {
    const ask = (line: string) => inShell('fish', ['--no-config', '-c', ASK.fish(line)]);
    expect((await ask('jackfield do')).map((line) => line.split('\t')[0])).toEqual(['doctor']);
    expect((await ask('jackfield call everything ec')).map((line) => line.split('\t')[0])).toEqual(['echo']);
    expect((await ask('jackfield start Üb'))[0]?.split('\t')[0]).toContain('uns');
    await writeFile(join(bin, 'my list.json'), '[]');
    for (const begun of ['my', 'my\\ l', '"my l', '~/my'])
      expect((await ask(`jackfield import ${begun}`)).join()).toContain('my list.json');
    await rm(join(bin, 'my list.json'));
  });

  it.skipIf(!has('zsh'))('works in zsh', async () => {
    // compadd works only while zsh completes; a stand-in shows what it would be given.
    const ask = (...words: string[]) =>
      inShell('zsh', [
        '-f',
        '-c',
        `compdef() {}; eval "$(jackfield completion zsh)"; compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@" }; _files() {}
         words=(${words.map(q).join(' ')}); CURRENT=${words.length}; PREFIX=${q(words.at(-1) ?? '')}; _jackfield`,
      ]);
    expect(await ask('jackfield', 'do')).toEqual(['doctor']);
    expect(await ask('jackfield', 'call', 'everything', 'ec')).toEqual(['echo']);
    expect(await ask('jackfield', 'start', 'Üb')).toEqual([NASTY]);
  });
});
