import { describe, expect, it } from 'vitest';
import { parse, serverInputSchema } from '../../../src-main/contract/index.js';

const stdio = { type: 'stdio', command: 'node' };
const base = { name: 'one', transport: stdio };

function fault(input: unknown): { kind: string; paths: string[] } {
  const parsed = parse(serverInputSchema, input);
  if (parsed.ok) throw new Error('was accepted');
  return { kind: parsed.fault.kind, paths: parsed.fault.issues.map((issue) => issue.path) };
}

describe('a server on input', () => {
  it('gets every default', () => {
    const parsed = parse(serverInputSchema, base);
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        description: '',
        tags: [],
        transport: { type: 'stdio', command: 'node', args: [], env: {} },
        tools: { execute: ['*'], autoExecute: [], pricing: {} },
        codeMode: false,
        lifecycle: { autostart: false, restart: 'on_failure' },
      },
    });
  });

  it.each([
    ['no transport', { name: 'one' }, 'wrong_shape', ['transport']],
    ['an unknown transport', { name: 'one', transport: { type: 'fax' } }, 'wrong_shape', ['transport.type']],
    [
      'a number for a command',
      { ...base, transport: { ...stdio, command: 7 } },
      'wrong_shape',
      ['transport.command'],
    ],
    ['a misspelt field', { ...base, transport: { ...stdio, envs: {} } }, 'wrong_shape', ['transport.envs']],
    [
      'a number in env',
      { ...base, transport: { ...stdio, env: { PORT: 3000 } } },
      'wrong_shape',
      ['transport.env.PORT'],
    ],
    ['an empty name', { ...base, name: '  ' }, 'invalid', ['name']],
    ['a name with a line break', { ...base, name: 'a\nb' }, 'invalid', ['name']],
    [
      'an env name with a space',
      { ...base, transport: { ...stdio, env: { 'A B': '' } } },
      'invalid',
      ['transport.env.A B'],
    ],
    [
      'a NUL in a secret',
      { ...base, transport: { ...stdio, env: { A: { newSecret: 'a\0b' } } } },
      'invalid',
      ['transport.env.A.newSecret'],
    ],
    [
      'a file URL',
      { ...base, transport: { type: 'sse', url: 'file:///etc/passwd' } },
      'invalid',
      ['transport.url'],
    ],
    [
      'a URL with a password',
      { ...base, transport: { type: 'sse', url: 'http://a:b@c/' } },
      'invalid',
      ['transport.url'],
    ],
    [
      'a header twice',
      { ...base, transport: { type: 'sse', url: 'http://c/', headers: { A: '1', a: '2' } } },
      'invalid',
      ['transport.headers.a'],
    ],
    [
      'a header value of two lines',
      { ...base, transport: { type: 'sse', url: 'http://c/', headers: { A: 'x\r\nB: y' } } },
      'invalid',
      ['transport.headers.A'],
    ],
    ['a negative price', { ...base, tools: { pricing: { echo: -1 } } }, 'invalid', ['tools.pricing.echo']],
    [
      'an auto-executed tool that may not run',
      { ...base, tools: { execute: ['a'], autoExecute: ['a', 'b'] } },
      'invalid',
      ['tools.autoExecute.1'],
    ],
    ['a star among others', { ...base, tools: { execute: ['*', 'a'] } }, 'invalid', ['tools.execute']],
  ])('refuses %s', (_what, input, kind, paths) => {
    expect(fault(input)).toEqual({ kind, paths });
  });

  it('takes any auto-executed tool when all may run', () => {
    expect(parse(serverInputSchema, { ...base, tools: { execute: ['*'], autoExecute: ['a'] } }).ok).toBe(
      true,
    );
  });
});
