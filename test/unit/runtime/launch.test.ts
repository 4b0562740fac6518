import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkCwd, findCommand } from '../../../src-main/runtime/launch/command-lookup.js';
import { mergePaths } from '../../../src-main/runtime/launch/environment.js';
import { expand } from '../../../src-main/runtime/launch/expansion.js';
import { parseEnvironment } from '../../../src-main/runtime/launch/login-shell.js';
import { parseNpx } from '../../../src-main/runtime/launch/npx-cache.js';

describe('expand', () => {
  const env = { NAME: 'value', EMPTY: '' };
  it.each([
    ['~', '/home/me'],
    ['~/x', '/home/me/x'],
    ['~other/x', '~other/x'],
    ['a~/x', 'a~/x'],
    ['${NAME}/${env:NAME}', 'value/value'],
    ['${EMPTY}', ''],
    ['${EMPTY:-default}', 'default'],
    ['${NOT_SET}', '${NOT_SET}'],
    ['${NOT_SET:-}', ''],
    ['$NAME ${} ${1} $${NAME}', '$NAME ${} ${1} $value'],
  ])('%s', (text, expected) => expect(expand(text, env, '/home/me')).toBe(expected));
});

describe('a command', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jackfield-path-'));
    await mkdir(path.join(folder, 'one'));
    await mkdir(path.join(folder, 'two'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const tool = async (at: string, mode = 0o755): Promise<string> => {
    const file = path.join(folder, at);
    await writeFile(file, '#!/bin/sh\n');
    await chmod(file, mode);
    return file;
  };
  const env = (): Record<string, string> => ({ PATH: `${folder}/one:${folder}/none:${folder}/two` });

  it('is the first program on the PATH, not a folder or a plain file', async () => {
    await mkdir(path.join(folder, 'one', 'tool'));
    const two = await tool('two/tool');
    expect(await findCommand({ command: 'tool', cwd: '/', env: env() })).toBe(two);
    await rm(path.join(folder, 'one', 'tool'), { recursive: true });
    await tool('one/tool', 0o644);
    expect(await findCommand({ command: 'tool', cwd: '/', env: env() })).toBe(two);
  });

  it('with a slash is a path from the working folder', async () => {
    const one = await tool('one/tool');
    expect(await findCommand({ command: './tool', cwd: path.dirname(one), env: {} })).toBe(one);
    await expect(findCommand({ command: './other', cwd: folder, env: {} })).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining(`looked for ${folder}/other`),
    });
  });

  it('that is missing names every folder searched; one that may not run says that', async () => {
    await expect(findCommand({ command: 'tool', cwd: '/', env: env() })).rejects.toMatchObject({
      message: expect.stringContaining(env()['PATH']!),
      issues: [{ path: 'transport.command', message: expect.any(String) }],
    });
    const file = await tool('two/tool', 0o644);
    await expect(findCommand({ command: 'tool', cwd: '/', env: env() })).rejects.toMatchObject({
      message: `"${file}" is there, but it may not be executed.`,
    });
  });

  it('needs a folder to run in', async () => {
    await expect(checkCwd(path.join(folder, 'none'))).rejects.toMatchObject({
      message: expect.stringContaining('does not exist'),
    });
    await expect(checkCwd(await tool('one/tool'))).rejects.toMatchObject({
      message: expect.stringContaining('is not a folder'),
    });
    await expect(checkCwd(folder)).resolves.toBeUndefined();
  });
});

it('PATHs are merged in order, each folder once', () => {
  expect(mergePaths('/a:/b', '/b:/c::/a')).toBe('/a:/b:/c');
  expect(mergePaths('', '/a')).toBe('/a');
});

describe('what a shell prints', () => {
  const parse = (text: string) => parseEnvironment(Buffer.from(text), 'MARK');
  it('is read between the marks', () => {
    expect(parse('hello\nMARKA=1\0B=x=y\nz\0BASH_FUNC_f%%=() {}\0_=/usr/bin/env\0MARKbye')).toEqual({
      A: '1',
      B: 'x=y\nz',
    });
    expect(parse('MARKA=1\nB=2\nMARK')).toEqual({ A: '1', B: '2' });
  });
  it('is not believed without both marks', () => {
    expect(parse('A=1')).toBeUndefined();
    expect(parse('MARKA=1')).toBeUndefined();
    expect(parse('MARKMARK')).toBeUndefined();
  });
});

describe('an npx command line', () => {
  it.each([
    [['-y', 'server'], { spec: 'server', name: 'server', exact: false, args: [] }],
    [['@a/b@1.2.3', '-x', 'y'], { spec: '@a/b@1.2.3', name: '@a/b', exact: true, args: ['-x', 'y'] }],
    [['--yes', '@a/b@latest'], { spec: '@a/b@latest', name: '@a/b', exact: false, args: [] }],
    [['-p', '@a/b', 'tool', 'z'], { spec: '@a/b', name: '@a/b', exact: false, bin: 'tool', args: ['z'] }],
    [['--package=b@^2', '--', 'tool'], { spec: 'b@^2', name: 'b', exact: false, bin: 'tool', args: [] }],
    [['-y', '--', 'server', 'z'], { spec: 'server', name: 'server', exact: false, args: ['z'] }],
  ])('%j', (args, expected) => expect(parseNpx(args)).toEqual(expected));

  it.each([
    [[]],
    [['-y']],
    [['-c', 'echo hi']],
    [['-p', 'a', '-p', 'b', 'c']],
    [['github:a/b']],
    [['./local']],
    [['--node-options=x', 'a']],
  ])('%j is left to npx', (args) => expect(parseNpx(args)).toBeUndefined());
});
