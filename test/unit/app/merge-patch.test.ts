import { describe, expect, it } from 'vitest';
import { mergePatch } from '../../../src-main/app/merge-patch.js';

const stdio = { type: 'stdio', command: 'node', args: ['a'], env: { A: '1', B: { secret: 's' } } };

describe('merging a patch', () => {
  it('merges objects, replaces arrays, removes what is null, and changes neither side', () => {
    const target = Object.freeze({ name: 'one', transport: Object.freeze(stdio) });
    const patch = Object.freeze({ transport: { args: ['b'], env: { A: null, C: '3' } } });
    expect(mergePatch(target, patch)).toEqual({
      name: 'one',
      transport: { type: 'stdio', command: 'node', args: ['b'], env: { B: { secret: 's' }, C: '3' } },
    });
  });

  it('takes a secret as one value, whatever stood there', () => {
    const patch = { transport: { env: { A: { newSecret: 'x' }, B: { newSecret: 'y' } } } };
    expect(mergePatch({ transport: stdio }, patch)).toMatchObject({
      transport: { env: { A: { newSecret: 'x' }, B: { newSecret: 'y' } } },
    });
    expect(mergePatch({ transport: stdio }, { transport: { env: { B: 'plain' } } })).toMatchObject({
      transport: { env: { B: 'plain' } },
    });
  });

  it('starts a transport of another type afresh', () => {
    const patch = { transport: { type: 'sse', url: 'http://x/' } };
    expect(mergePatch({ transport: stdio }, patch)).toEqual(patch);
  });

  it('keeps URL and headers between the two HTTP transports', () => {
    const target = { transport: { type: 'sse', url: 'http://x/', headers: { A: '1' } } };
    expect(mergePatch(target, { transport: { type: 'streamable_http' } })).toEqual({
      transport: { type: 'streamable_http', url: 'http://x/', headers: { A: '1' } },
    });
  });

  it('starts auth of another type afresh, and knows a variable called "type" from a kind', () => {
    const target = {
      auth: { type: 'basic', username: 'u', password: 'p' },
      transport: { ...stdio, env: { type: 'a' } },
    };
    expect(
      mergePatch(target, { auth: { type: 'none' }, transport: { env: { type: 'b', X: '1' } } }),
    ).toMatchObject({
      auth: { type: 'none' },
      transport: { env: { type: 'b', X: '1' } },
    });
  });

  it('makes __proto__ an ordinary key', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>);
    expect(Object.keys(merged)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
