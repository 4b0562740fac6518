import { mkdir, readdir, writeFile } from 'node:fs/promises';
import Module from 'node:module';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogEntry, Question } from '../../src-main/contract/index.js';
import { fake, real, RuntimeBench, SECRET, watchBusyTurns } from '../support/runtime-bench.js';

let bench: RuntimeBench;
beforeEach(async () => {
  bench = await RuntimeBench.open();
});
afterEach(() => bench.close());

const textOf = (result: { content: unknown[] }): string => (result.content[0] as { text: string }).text;
const call = async (id: string, name: string, args: Record<string, unknown> = {}): Promise<string> =>
  textOf((await bench.runtime.callTool(id, { name, arguments: args })).result);

describe('what a server offers', () => {
  beforeEach(async () => {
    bench.node('huge', [fake('huge')]);
    await bench.runtime.start('huge');
  });

  it('is fetched whole, page by page', async () => {
    expect(bench.runtime.run('huge').toolCount).toBe(300);
    expect(await bench.runtime.tools('huge')).toHaveLength(300);
    const { resources, resourceTemplates } = await bench.runtime.resources('huge');
    expect([resources.length, resourceTemplates.length]).toEqual([60, 0]);
    expect((await bench.runtime.prompts('huge')).prompts).toHaveLength(30);
    expect(await bench.runtime.readResource('huge', 'fake://r/7')).toEqual({
      contents: [{ uri: 'fake://r/7', text: 'content of fake://r/7' }],
    });
    expect(await bench.runtime.getPrompt('huge', 'p1', {})).toMatchObject({ description: 'p1' });
  });

  it('is fetched again when it says that it changed', async () => {
    const changed = vi.fn();
    bench.runtime.on('tools.changed', changed);
    await call('huge', 'grow');
    await vi.waitFor(() => expect(changed).toHaveBeenCalledWith({ serverId: 'huge' }));
    expect(bench.runtime.run('huge').toolCount).toBe(301);
    expect((await bench.runtime.tools('huge')).at(-1)?.name).toBe('grown_300');
  });

  it('answers 5 MB without holding up the app', async () => {
    const turns = watchBusyTurns();
    expect((await call('huge', 'bytes', { count: 5_000_000 })).length).toBe(5_000_000);
    expect(turns.stop()).toBeLessThan(400);
  });

  it('tells progress, and gives up a cancelled call on both sides', async () => {
    const steps: number[] = [];
    bench.runtime.on('call.progress', ({ callId, progress }) => {
      expect(callId).toBe('call-1');
      steps.push(progress);
      if (progress === 2) bench.runtime.cancelCall('call-1');
    });
    const slow = { name: 'slow', arguments: { steps: 100, stepMs: 30 }, callId: 'call-1' };
    await expect(bench.runtime.callTool('huge', slow)).rejects.toMatchObject({
      message: expect.stringContaining('cancelled'),
    });
    expect(steps).toEqual([1, 2]);
    await vi.waitFor(async () => expect(await bench.lines('huge', 'stderr')).toContain('cancelled as asked'));
  });

  it('gives up a call after its limit', async () => {
    const slow = { name: 'slow', arguments: { steps: 100, stepMs: 50 }, timeoutMs: 200 };
    await expect(bench.runtime.callTool('huge', slow)).rejects.toMatchObject({ code: 'timeout' });
    expect(await call('huge', 'bytes', { count: 3 })).toBe('bbb');
  });

  it('says that the server ended during a call', async () => {
    const slow = bench.runtime.callTool('huge', { name: 'slow', arguments: { steps: 100, stepMs: 50 } });
    process.kill(bench.runtime.run('huge').pid!, 'SIGKILL');
    await expect(slow).rejects.toMatchObject({ code: 'not_running' });
  });

  it('refuses what the server does not know with its words', async () => {
    bench.node('noisy', [fake('asking')]);
    await bench.runtime.start('noisy');
    await expect(bench.runtime.readResource('noisy', 'x://y')).rejects.toMatchObject({
      code: expect.any(String),
    });
  });

  it('logs what it says by MCP', async () => {
    await vi.waitFor(async () =>
      expect(await bench.lines('huge', 'protocol')).toContain('[info] huge: hello log'),
    );
  });
});

describe('what a server asks', () => {
  const questions: Question[] = [];
  beforeEach(async () => {
    questions.length = 0;
    bench.runtime.on('question.asked', ({ question }) => questions.push(question));
    bench.settings.roots = ['~/projects'];
    bench.node('asking', [fake('asking')]);
    await bench.runtime.start('asking');
  });
  const asked = async (): Promise<Question> => {
    await vi.waitFor(() => expect(questions).toHaveLength(1));
    return questions[0]!;
  };

  it('roots are the settings’', async () => {
    expect(JSON.parse(await call('asking', 'roots'))).toEqual({
      roots: [{ uri: `file://${process.env['HOME']}/projects`, name: 'projects' }],
    });
  });

  it('a form is answered by the person', async () => {
    const result = call('asking', 'form');
    const question = await asked();
    expect(question).toMatchObject({ kind: 'elicitation', message: 'Which city?', serverId: 'asking' });
    expect(question.schema).toMatchObject({ required: ['city'] });
    expect(bench.runtime.questions()).toEqual([question]);
    bench.runtime.answer(question.id, 'accept', { city: 'Lyon' });
    expect(JSON.parse(await result)).toEqual({ action: 'accept', content: { city: 'Lyon' } });
    expect(bench.runtime.questions()).toEqual([]);
    expect(() => bench.runtime.answer(question.id, 'decline')).toThrow(/no longer open/);
  });

  it('a model’s answer is written or refused', async () => {
    const first = call('asking', 'model');
    const question = await asked();
    expect(question).toMatchObject({
      kind: 'sampling',
      preview: expect.stringContaining('What is a jackfield?'),
    });
    bench.runtime.answer(question.id, 'accept', { text: 'A patch panel.' });
    expect(JSON.parse(await first)).toMatchObject({ content: { type: 'text', text: 'A patch panel.' } });

    questions.length = 0;
    const second = call('asking', 'model');
    bench.runtime.answer((await asked()).id, 'decline');
    expect(await second).toMatch(/^refused: .*refused/);
  });

  it('expires when nobody answers', async () => {
    await bench.close();
    bench = await RuntimeBench.open({ questionMs: 200 });
    const closed = vi.fn();
    bench.runtime.on('question.closed', closed);
    bench.node('asking', [fake('asking')]);
    await bench.runtime.start('asking');
    expect(JSON.parse(await call('asking', 'form'))).toEqual({ action: 'cancel' });
    expect(closed).toHaveBeenCalledOnce();
  });

  it('is taken back when the server ends', async () => {
    const result = call('asking', 'form').catch((error: { code: string }) => error.code);
    await asked();
    await bench.runtime.stop('asking');
    expect(bench.runtime.questions()).toEqual([]);
    expect(await result).toMatch(/cancel|not_running/);
  });
});

describe('what a server is given', () => {
  const environmentOf = async (id: string): Promise<NodeJS.ProcessEnv> => {
    await bench.runtime.start(id);
    return JSON.parse(await call(id, 'env')) as NodeJS.ProcessEnv;
  };

  it('the shell’s environment, the env file, its own variables, its secrets', async () => {
    await writeFile(
      path.join(bench.dataDir, 'own.env'),
      'FROM_FILE=file\nBOTH=file\n# comment\nQUOTED="a b"\n',
    );
    bench.node(
      'env',
      [fake('asking')],
      {},
      {
        cwd: bench.dataDir,
        envFile: 'own.env',
        env: {
          BOTH: 'own',
          TOKEN: { secret: 'sec-00000000-0000-0000-0000-000000000000' },
          DOLLAR: '${HOME}$x',
        },
      },
    );
    const env = await environmentOf('env');
    expect(env).toMatchObject({
      FROM_FILE: 'file',
      BOTH: 'own',
      QUOTED: 'a b',
      TOKEN: SECRET,
      DOLLAR: '${HOME}$x',
    });
    expect(env['PATH']).toContain('/usr/bin');
    expect(env['VITEST']).toBeUndefined();
    expect(env['NODE_COMPILE_CACHE']).toBe(path.join(bench.dataDir, 'cache', 'compile-cache'));
  });

  it('keeps what looks like a secret in the env file out of the log', async () => {
    await writeFile(path.join(bench.dataDir, '.env'), 'API_KEY=file-secret-1\nMODE=file-mode-2\n');
    const script = 'console.error(`${process.env.API_KEY} ${process.env.MODE}`); process.exit(1)';
    bench.node(
      'env',
      ['-e', script],
      { lifecycle: { restart: 'never' } },
      { cwd: bench.dataDir, envFile: '.env' },
    );
    await expect(bench.runtime.start('env')).rejects.toMatchObject({
      message: expect.stringContaining('•••• file-mode-2'),
    });
    expect(await bench.lines('env', 'stderr')).toEqual(['•••• file-mode-2']);
  });

  it('no compile cache when it is switched off or its own is set', async () => {
    bench.node('own', [fake('asking')], {}, { env: { NODE_COMPILE_CACHE: '/tmp/mine' } });
    expect((await environmentOf('own'))['NODE_COMPILE_CACHE']).toBe('/tmp/mine');
    bench.settings.compileCache = false;
    bench.node('off', [fake('asking')]);
    expect((await environmentOf('off'))['NODE_COMPILE_CACHE']).toBeUndefined();
  });

  describe('compiled code', () => {
    const folder = (): string => path.join(bench.dataDir, 'cache', 'compile-cache');
    const started = async (id: string): Promise<string | undefined> =>
      (await bench.lines(id, 'supervisor')).find((line) => line.startsWith('started as process'));

    it('is written down while the server runs, once a Node here is known to keep it', async () => {
      bench.node('one', [fake('asking')]);
      await bench.runtime.start('one');
      const keepsAtOnce = (await readdir(folder()).catch(() => [])).length > 0;
      await mkdir(path.join(folder(), 'v24.0.0-x64-0-0'), { recursive: true });
      bench.node('two', [fake('asking')]);
      await bench.runtime.start('two');
      if (!keepsAtOnce) expect(await started('one')).not.toContain('keep-compiled');
      expect(await started('two')).toContain('keep-compiled.cjs');
    });

    it('is not, where Node may read only what it is told to', async () => {
      await mkdir(path.join(folder(), 'v24.0.0-x64-0-0'), { recursive: true });
      bench.node(
        'bounded',
        [fake('asking')],
        {},
        { env: { NODE_OPTIONS: '--experimental-permission --allow-fs-read=*' } },
      );
      await bench.runtime.start('bounded').catch(() => undefined);
      expect(await started('bounded')).toBeDefined();
      expect(await started('bounded')).not.toContain('keep-compiled');
    });

    it.skipIf(!('flushCompileCache' in Module))(
      'is there although the server is ended by a signal',
      async () => {
        bench.node('real', [real('everything')]);
        await bench.runtime.start('real');
        await bench.runtime.restart('real');
        const files = async (): Promise<number> =>
          (await readdir(folder(), { recursive: true })).filter((name) => /[\\/]/.test(name)).length;
        await vi.waitFor(async () => expect(await files()).toBeGreaterThan(50), 20_000);
        expect(bench.runtime.run('real').state).toBe('running');
      },
    );
  });

  it('variables and home in its arguments and folder', async () => {
    const script =
      'require("fs").writeFileSync("args.json", JSON.stringify(process.argv.slice(1))); process.exit(0)';
    bench.node(
      'args',
      ['-e', script, '--', '~/x', '${WHERE}/y', '${NOT_SET}', '${NOT_SET:-z}', 'a b "c"'],
      { lifecycle: { restart: 'never' } },
      { cwd: '${WHERE}', env: { WHERE: bench.dataDir } },
    );
    await bench.runtime.start('args').catch(() => {});
    const { readFile } = await import('node:fs/promises');
    expect(JSON.parse(await readFile(path.join(bench.dataDir, 'args.json'), 'utf8'))).toEqual([
      `${process.env['HOME']}/x`,
      `${bench.dataDir}/y`,
      '${NOT_SET}',
      'z',
      'a b "c"',
    ]);
  });
});

describe('logs', () => {
  it('show what is no message, and a noisy server works', async () => {
    bench.node('noisy', [fake('noisy')]);
    await bench.runtime.start('noisy');
    expect(await call('noisy', 'echo', { message: 'hi' })).toBe('hi');
    await vi.waitFor(async () =>
      expect(await bench.lines('noisy', 'stdout')).toEqual([
        'Welcome to the noisy server!',
        '{"not": "a message"}',
        'echoing hi',
      ]),
    );
    const findings = await bench.runtime.doctor(bench.servers.get('noisy')!);
    expect(findings.find((finding) => finding.code === 'stdout_junk')?.title).toMatch(/^3 lines/);
  });

  it('hold the protocol in both directions when that is switched on, while it runs', async () => {
    bench.node('memory', [real('memory')]);
    await bench.runtime.start('memory');
    expect(await bench.lines('memory', 'protocol')).toEqual([]);
    bench.servers.get('memory')!.protocolLog = true;
    await bench.runtime.callTool('memory', { name: 'search_nodes', arguments: { query: SECRET } });
    const lines = (await bench.lines('memory', 'protocol')).join('\n');
    expect(lines).toMatch(/→ .*"tools\/call".*••••/);
    expect(lines).toMatch(/← .*"result"/);
    expect(lines).not.toContain(SECRET);
  });

  it('keep up with a flood: all lines on file, the newest told, the rest counted, the app not held up', async () => {
    const lines = 60_000;
    let told = 0;
    let largest = 0;
    bench.runtime.on('log.appended', ({ entries, dropped }) => {
      told += entries.length + (dropped ?? 0);
      largest = Math.max(largest, entries.length);
    });
    bench.node('flood', [fake('flooding')]);
    await bench.runtime.start('flood');
    const turns = watchBusyTurns();
    await call('flood', 'flood', { lines });
    const newest = async (): Promise<LogEntry | undefined> =>
      (await bench.runtime.logs('flood', { limit: 1, search: 'of the flood' }))[0];
    await vi.waitFor(async () => expect((await newest())?.text).toContain(`line ${lines} `), {
      timeout: 20_000,
    });
    expect(largest).toBeLessThanOrEqual(500);
    expect(turns.stop()).toBeLessThan(250);
    const [final] = await bench.runtime.logs('flood', { limit: 1 });
    await vi.waitFor(() => expect(told).toBe(final!.seq));
    expect(told).toBeGreaterThan(lines);

    // Line 5 left the memory long ago.
    const [old] = await bench.runtime.logs('flood', { limit: 1, search: 'line 5 of the flood' });
    expect(old?.text).toMatch(/^line 5 of/);
    const before = await bench.runtime.logs('flood', { before: old!.seq, limit: 2 });
    expect(before.map((entry) => entry.text.slice(0, 7))).toEqual(['line 3 ', 'line 4 ']);
  }, 60_000);

  it('cut a line above 1 MB visibly', async () => {
    bench.node('long', [fake('flooding')]);
    await bench.runtime.start('long');
    await call('long', 'long_line', { length: 3_000_000 });
    await vi.waitFor(async () => expect((await bench.lines('long', 'stderr')).at(-1)).toBe('after it'));
    const [cut] = await bench.lines('long', 'stderr');
    expect(cut!.length).toBeLessThan(1_100_000);
    expect(cut).toMatch(/x … \[cut: the line was longer than 1 MB\]$/);
  });

  it('are numbered on and can be read after the app was started again', async () => {
    bench.node('memory', [real('memory')]);
    await bench.runtime.start('memory');
    await bench.runtime.dispose();
    const before = await bench.runtime.logs('memory', { limit: 100 });
    const { Runtime } = await import('../../src-main/runtime/runtime.js');
    const next = new Runtime({
      dataDir: bench.dataDir,
      cacheDir: bench.dataDir,
      server: (id) => bench.servers.get(id),
      settings: () => bench.settings,
      resolve: async (value) => String(value),
      redact: (text) => text,
      appVersion: '0.0.0',
      resultJudge: '',
    });
    expect(await next.logs('memory', { limit: 100 })).toEqual(before);
    await next.start('memory');
    const after = await next.logs('memory', { limit: 1_000 });
    expect(after.map((entry) => entry.seq)).toEqual(after.map((_entry, index) => index + 1));
    expect(after.length).toBeGreaterThan(before.length);
    await next.forget('memory');
    expect(await next.logs('memory', { limit: 100 })).toEqual([]);
    await next.dispose();
  });
});

describe('a server that runs on demand', () => {
  it('is started by its first call', async () => {
    bench.node('memory', [real('memory')], { lifecycle: { onDemand: true, autostart: true } });
    bench.runtime.autostart([...bench.servers.values()]);
    expect(bench.runtime.run('memory').state).toBe('stopped');
    expect(await call('memory', 'read_graph')).toContain('entities');
    await bench.runtime.stop('memory');
    expect((await bench.runtime.tools('memory')).length).toBeGreaterThan(0);
    expect(bench.runtime.run('memory').state).toBe('stopped');
  });
});

describe('metrics', () => {
  it('count the whole tree', async () => {
    const script = `'${process.execPath}' '${real('memory')}'; true`;
    bench.add('tree', { type: 'stdio', command: 'sh', args: ['-c', script] });
    await bench.runtime.start('tree');
    const sampled = vi.fn();
    bench.runtime.on('metrics.sampled', sampled);
    const [first] = await bench.runtime.metrics('tree');
    // More than the shell alone: Node takes tens of megabytes.
    expect(first!.rssBytes).toBeGreaterThan(20_000_000);
    expect(sampled).toHaveBeenCalledWith({ serverId: 'tree', metric: first });
    expect(bench.runtime.run('tree').rssBytes).toBe(first!.rssBytes);
    await vi.waitFor(async () => expect((await bench.runtime.metrics('tree')).length).toBeGreaterThan(1), {
      interval: 200,
    });
  });
});
