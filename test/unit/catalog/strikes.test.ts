import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Catalog } from '../../../src-main/catalog/catalog.js';
import type { Server } from '../../../src-main/contract/index.js';
import { filesThatHold } from '../../support/look-for.js';
import { tempFolder } from '../../support/temp-folder.js';
import { server } from './records.js';

const SECRET = 'sec-00000000-0000-4000-8000-000000000001';
const TOKEN = 'ghp_abcdefghijklmnop0123456789';

const withEnv = (revision: number, env: Record<string, string | { secret: string }>): Server =>
  server('a', { revision, transport: { type: 'stdio', command: 'true', args: [], env } });

/** A server whose token stood in plain text for two revisions. */
async function withPlainToken(dataDir: string): Promise<Catalog> {
  const catalog = await Catalog.open({ dataDir });
  await catalog.edit((tx) => tx.put('servers', withEnv(1, { A_B: TOKEN, LOG: 'debug' })));
  await catalog.edit((tx) => tx.put('servers', server('b', { description: TOKEN.length.toString() })));
  await catalog.edit((tx) => tx.put('servers', withEnv(2, { A_B: `${TOKEN}-old`, LOG: 'info' })));
  await catalog.edit((tx) => tx.put('servers', withEnv(3, { A_B: TOKEN, LOG: 'info' })));
  return catalog;
}

describe('a value that goes to the keychain', () => {
  it('leaves no copy behind, whatever was written before', async () => {
    const dataDir = await tempFolder();
    const catalog = await withPlainToken(dataDir);
    expect(await filesThatHold(dataDir, TOKEN)).not.toEqual([]);
    const hidden = withEnv(4, { A_B: { secret: SECRET }, LOG: 'info' });
    await catalog.edit((tx) => tx.put('servers', hidden), [], [SECRET]);
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
    const revisions = await catalog.history('server', 'a');
    expect(revisions.map(({ revision, record }) => [revision, (record as Server).transport])).toEqual(
      [4, 3, 2, 1].map((revision) => [
        revision,
        expect.objectContaining({
          env: { A_B: { secret: SECRET }, LOG: revision === 1 ? 'debug' : 'info' },
        }) as unknown,
      ]),
    );
    const [newest] = await catalog.backups();
    const file = await catalog.backup(newest?.name as string);
    expect(file.servers.map(({ id }) => id)).toEqual(['a', 'b']);
    await catalog.close();
    // Nothing of it is left to do, and nothing was damaged.
    const again = await Catalog.open({ dataDir });
    expect(again.notices).toEqual([]);
    expect(await readdir(dataDir)).not.toContain('strikes.json');
    expect(await again.history('server', 'a')).toHaveLength(4);
    await again.close();
  });

  const exposed = [{ kind: 'servers' as const, id: 'a', value: TOKEN, secret: SECRET }];
  const hide = (catalog: Catalog, extra = {}): Promise<void> =>
    catalog.edit(
      (tx) => tx.put('servers', { ...withEnv(4, { A_B: { secret: SECRET } }), ...extra }),
      exposed,
    );

  it('goes from files that are no JSON any more, also where their end was torn off', async () => {
    const dataDir = await tempFolder();
    const catalog = await withPlainToken(dataDir);
    await catalog.close();
    const text = await readFile(join(dataDir, 'catalog.json'), 'utf8');
    const backups = join(dataDir, 'backups');
    await writeFile(join(backups, 'catalog-unreadable-1.json'), `${text.replace('{', '')}, "${TOKEN}": 1`);
    const cut = text.indexOf(TOKEN) + TOKEN.length - 6;
    await writeFile(join(backups, 'catalog-unreadable-2.json'), text.slice(0, cut));
    await writeFile(join(backups, 'history-partly-read-3.jsonl'), `{"kind":"server","A_B":"${TOKEN}",,\n`);
    const again = await Catalog.open({ dataDir });
    await appendFile(join(dataDir, 'history.jsonl'), `{"kind": torn "${TOKEN}"\n`);
    await again.close();
    const third = await Catalog.open({ dataDir });
    await hide(third);
    await third.close();
    expect(await filesThatHold(dataDir, TOKEN.slice(0, 12))).toEqual([]);
    // What somebody may still repair by hand has the reference in its place.
    const repaired = (await readFile(join(backups, 'catalog-unreadable-1.json'), 'utf8')).split('\n');
    expect(repaired.join('')).toContain(`"A_B":{"secret":"${SECRET}"}`);
  });

  it('goes from an argument as well, and from nothing else that happens to be like it', async () => {
    const dataDir = await tempFolder();
    const catalog = await Catalog.open({ dataDir });
    const transport = { type: 'stdio' as const, command: 'true', args: ['-v', `--key=${TOKEN}`], env: {} };
    await catalog.edit((tx) => tx.put('servers', server('a', { revision: 1, name: 'a', transport })));
    await catalog.edit((tx) => tx.put('servers', server('b', { description: `not ${TOKEN}` })));
    await catalog.edit((tx) => tx.put('servers', server('a', { revision: 2, name: 'aa', transport })));
    await hide(catalog);
    const [, second] = await catalog.history('server', 'a');
    expect((second?.record as Server).transport).toMatchObject({ args: ['-v', '--key=••••'] });
    const [of] = await catalog.history('server', 'b');
    expect((of?.record as Server).description).toBe(`not ${TOKEN}`);
    const [newest] = await catalog.backups();
    const file = await catalog.backup(newest?.name as string);
    expect(file.servers.find(({ id }) => id === 'a')?.transport).toMatchObject({
      args: ['-v', '--key=••••'],
    });
    await catalog.close();
  });

  it('stays in what was written before where it stands in the open all the same', async () => {
    const dataDir = await tempFolder();
    const catalog = await withPlainToken(dataDir);
    await hide(catalog, { description: `the token is ${TOKEN}` });
    const revisions = await catalog.history('server', 'a');
    expect(revisions.map(({ record }) => (record as Server).description)).toEqual([
      `the token is ${TOKEN}`,
      ...['', '', ''],
    ]);
    await catalog.close();
  });

  it('is struck out at the next start where a crash came first', async () => {
    const dataDir = await tempFolder();
    const catalog = await withPlainToken(dataDir);
    await catalog.close();
    const path = join(dataDir, 'catalog.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(`"${TOKEN}"`, `{"secret":"${SECRET}"}`));
    const strike = { kind: 'servers', id: 'a', path: ['transport', 'env', 'A_B'], secret: SECRET };
    await writeFile(join(dataDir, 'strikes.json'), JSON.stringify([strike]));
    const again = await Catalog.open({ dataDir });
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
    await again.close();
  });

  it('is known to have stood elsewhere after a crash, and goes when whoever can read it says what it is', async () => {
    const dataDir = await tempFolder();
    const catalog = await Catalog.open({ dataDir });
    const transport = { type: 'stdio' as const, command: 'true', args: [`--key=${TOKEN}`], env: {} };
    await catalog.edit((tx) => tx.put('servers', server('a', { revision: 1, transport })));
    await catalog.edit((tx) => tx.put('servers', server('b')));
    const copies = ['backups', 'history.jsonl'];
    const before = `${dataDir}-before`;
    onTestFinished(() => rm(before, { recursive: true, force: true, maxRetries: 5 }));
    for (const name of copies) await cp(join(dataDir, name), join(before, name), { recursive: true });
    await hide(catalog);
    await catalog.close();
    // As the crash would have left it: the edit is on disk, and nothing after it.
    for (const name of copies) await cp(join(before, name), join(dataDir, name), { recursive: true });
    const trace = { kind: 'servers' as const, id: 'a', secret: SECRET };
    const never = { ...trace, secret: SECRET.replace('sec-0', 'sec-1') };
    await writeFile(join(dataDir, 'strikes.json'), JSON.stringify([trace, never]));
    for (let start = 0; start < 2; start += 1) {
      const again = await Catalog.open({ dataDir });
      expect(again.traces.open()).toEqual([SECRET, never.secret]);
      expect(await filesThatHold(dataDir, TOKEN)).not.toEqual([]);
      const values = new Map([
        [SECRET, TOKEN],
        [never.secret, null],
      ]);
      if (start === 1) await again.traces.strike(values);
      await again.close();
    }
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
    expect(await readdir(dataDir)).not.toContain('strikes.json');
  });

  it('is noted down before the edit, without its value', async () => {
    const dataDir = await tempFolder();
    const catalog = await withPlainToken(dataDir);
    // A folder in the place of a backup keeps it from being carried out.
    await mkdir(join(dataDir, 'backups', 'catalog-in-the-way.json'));
    await hide(catalog);
    const text = await readFile(join(dataDir, 'strikes.json'), 'utf8');
    expect(JSON.parse(text)).toContainEqual({ kind: 'servers', id: 'a', secret: SECRET });
    expect(text).not.toContain(TOKEN);
    await rm(join(dataDir, 'backups', 'catalog-in-the-way.json'), { recursive: true });
    await catalog.edit((tx) => tx.put('servers', server('c')));
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
    expect(await readdir(dataDir)).not.toContain('strikes.json');
    await catalog.close();
  });

  it('is not taken for one where a variable is called secret', async () => {
    const dataDir = await tempFolder();
    const catalog = await Catalog.open({ dataDir });
    await catalog.edit((tx) => tx.put('servers', withEnv(1, {})));
    await catalog.edit((tx) => tx.put('servers', withEnv(2, { secret: TOKEN })));
    expect(catalog.traces.open()).toEqual([]);
    expect(await readdir(dataDir)).not.toContain('strikes.json');
    await catalog.close();
  });

  it('is left alone where the edit never came to be', async () => {
    const dataDir = await tempFolder();
    const catalog = await withPlainToken(dataDir);
    await catalog.close();
    const strike = { kind: 'servers', id: 'a', path: ['transport', 'env', 'A_B'], secret: SECRET };
    await writeFile(join(dataDir, 'strikes.json'), JSON.stringify([strike]));
    const again = await Catalog.open({ dataDir });
    const revisions = await again.history('server', 'a');
    expect(revisions.map(({ record }) => JSON.stringify(record).includes(TOKEN))).toEqual([true, true, true]);
    expect(await readdir(dataDir)).not.toContain('strikes.json');
    await again.close();
  });
});
