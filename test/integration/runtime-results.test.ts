import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleForNode } from '../support/bundle.js';
import { fake, RuntimeBench } from '../support/runtime-bench.js';

let bench: RuntimeBench;
beforeEach(async () => {
  const resultJudge = await bundleForNode('src-main/runtime/session/result-judge-thread.ts');
  bench = await RuntimeBench.open({}, { resultJudge });
  bench.node('one', [fake('judging')]);
  bench.node('other', [fake('judging')]);
  await Promise.all([bench.runtime.start('one'), bench.runtime.start('other')]);
});
afterEach(() => bench.close());

const call = async (id: string, name: string): Promise<unknown> => {
  const { result } = await bench.runtime.callTool(id, { name, arguments: {} });
  return result.structuredContent;
};
const notes = async (id: string): Promise<string[]> =>
  (await bench.lines(id, 'supervisor')).filter((line) => line.includes('was not judged'));

describe('a tool’s result', () => {
  it('is passed on where it is as the output schema says', async () => {
    expect(await call('one', 'right')).toEqual({ count: 3 });
    expect(await notes('one')).toEqual([]);
  });

  it('is refused where it is not, and the place is named', async () => {
    await expect(call('one', 'wrong')).rejects.toMatchObject({
      code: 'remote_rejected',
      message: expect.stringMatching(/"wrong" was answered wrongly.*#\/count/),
    });
  });

  it('is refused where a schema is promised and nothing structured comes', async () => {
    await expect(call('one', 'absent')).rejects.toMatchObject({ code: 'remote_rejected' });
  });

  it.each([
    ['bad-pattern', /regular expression/i],
    ['bad-dialect', /dialect/],
    ['bad-reference', /nowhere/],
    ['looping', /stack/],
  ])('is passed on where the schema cannot be used: %s', async (name, why) => {
    await expect(call('one', name)).resolves.toBeDefined();
    expect((await notes('one')).join('\n')).toMatch(why);
  });

  it('may be nested thousands of levels deep', async () => {
    await expect(call('one', 'deep')).resolves.toBeDefined();
  });
});

describe('a schema that is a program without an end', () => {
  it.each(['backtracking', 'branching', 'quadratic'])(
    'holds up neither the app nor another server: %s',
    async (name) => {
      const order: string[] = [];
      const slow = call('one', name).then((content) => (order.push(name), content));
      // Judged as well, and again and again while the other is at it.
      for (let round = 0; round < 5; round += 1) await call('other', 'right');
      order.push('right');
      expect(await slow).toBeDefined();
      expect(order).toEqual(['right', name]);
      expect((await notes('one')).join('\n')).toMatch(/more than 2 s|memory/);
    },
  );

  it('is not waited for when the app ends', async () => {
    const slow = call('one', 'backtracking');
    await call('other', 'right');
    await bench.runtime.dispose();
    // Whichever comes first: the call that was cut off, or its result that nobody could judge.
    await slow.catch(() => {});
    expect((await notes('one')).join('\n')).not.toContain('more than');
  });

  it('is judged three times and no more until the server is started anew', async () => {
    await Promise.all(Array.from({ length: 6 }, () => call('one', 'backtracking')));
    expect((await notes('one')).map((line) => /more than 2 s|too long 3 times/.exec(line)?.[0])).toEqual([
      ...Array<string>(3).fill('more than 2 s'),
      ...Array<string>(3).fill('too long 3 times'),
    ]);
    await bench.runtime.restart('one');
    await expect(call('one', 'wrong')).rejects.toMatchObject({ code: 'remote_rejected' });
  });

  it('costs the same server’s next result only its turn', async () => {
    const [slow, next] = await Promise.all([call('one', 'backtracking'), call('one', 'right')]);
    expect(slow).toBeDefined();
    expect(next).toEqual({ count: 3 });
    expect(await notes('one')).toHaveLength(1);
  });
});
