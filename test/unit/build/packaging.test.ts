import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import yaml from 'yaml';
import { desktopEntry, mimeTypes } from '../../../build/lib/package/associations.mjs';
import { APP_ID } from '../../../src-main/hosts/desktop/app-id.js';
import { isSigned, type SignedPart } from '../../../src-main/hosts/desktop/update-signature.js';
import { tempFolder } from '../../support/temp-folder.js';

const run = promisify(execFile);
const config = yaml.parse(readFileSync('build/electron-builder.yml', 'utf8')) as {
  appId: string;
  nsis: { artifactName: string };
  portable: { artifactName: string };
  fileAssociations: { ext: unknown; mimeType: string }[];
};
const METAINFO = 'build/linux/metainfo.xml';
/** The validators of the system, which .ci/run installs on Debian. */
const has = (tool: string): boolean => existsSync(`/usr/bin/${tool}`);

describe('what electron-builder is told', () => {
  it('is the same app to Windows as the app says it is', () => {
    expect(config.appId).toBe(APP_ID);
  });

  it('makes files whose names a release’s host leaves as they are', () => {
    for (const { artifactName } of [config.nsis, config.portable])
      expect(artifactName.replace('${productName}', 'Jackfield')).not.toMatch(/\s/);
  });
});

describe('what a Linux desktop is told', () => {
  it('fits each kind of file with a pattern of its own', async () => {
    const types = (await mimeTypes()) as string;
    const globs = [...types.matchAll(/pattern="([^"]*)"/g)].map(([, pattern]) => pattern);
    expect(globs).toEqual(['*.mcpb', '*.dxt']);
    const entry = (await desktopEntry()) as string;
    for (const { mimeType } of config.fileAssociations) expect(entry).toContain(`${mimeType};`);
  });

  it.runIf(has('desktop-file-validate'))('is a desktop entry as the specification wants it', async () => {
    const file = join(await tempFolder(), 'jackfield.desktop');
    await writeFile(file, (await desktopEntry()) as string);
    expect((await run('desktop-file-validate', [file])).stdout).toBe('');
  });

  it.runIf(has('update-mime-database'))('makes the system know a bundle by its ending', async () => {
    const mime = join(await tempFolder(), 'mime');
    await mkdir(join(mime, 'packages'), { recursive: true });
    await writeFile(join(mime, 'packages/jackfield.xml'), (await mimeTypes()) as string);
    await run('update-mime-database', [mime]);
    expect((await readFile(join(mime, 'globs2'), 'utf8')).match(/^50:.*$/gm)).toEqual(
      expect.arrayContaining(['50:application/x-mcpb:*.mcpb', '50:application/x-dxt:*.dxt']),
    );
  });

  it.runIf(has('appstreamcli'))('is a description that software centres take', async () => {
    const { stdout } = await run('appstreamcli', ['validate', '--no-net', METAINFO]);
    expect(stdout).toContain('Validation was successful');
  });

  it('is one app in each of them', async () => {
    const metainfo = await readFile(METAINFO, 'utf8');
    expect(metainfo).toContain(`<id>${APP_ID}</id>`);
    for (const { mimeType } of config.fileAssociations)
      expect(metainfo).toContain(`<mediatype>${mimeType}</mediatype>`);
  });
});

describe('the signing of a release’s feeds', () => {
  const keys = generateKeyPairSync('ed25519');
  const key = String(keys.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const sign = (folder: string) =>
    run(process.execPath, ['build/sign-updates.mjs', folder], {
      env: { ...process.env, UPDATE_SIGNING_KEY: key },
    });

  async function release(name: string, content = 'program'): Promise<string> {
    const folder = await tempFolder();
    await writeFile(join(folder, 'Jackfield-1.0.0-setup.exe'), 'program');
    const sha512 = createHash('sha512').update(content).digest('base64');
    const files = [{ url: name, sha512, size: 7 }];
    await writeFile(join(folder, 'latest.yml'), yaml.stringify({ version: '1.0.0', files }));
    return folder;
  }
  const feed = async (folder: string): Promise<string> => readFile(join(folder, 'latest.yml'), 'utf8');

  it('signs what leads to files that are there', async () => {
    const folder = await release('Jackfield-1.0.0-setup.exe');
    await sign(folder);
    const info = yaml.parse(await feed(folder)) as SignedPart & { signature: string };
    expect(isSigned(info, info.signature, publicKey)).toBe(true);
  });

  it.each([
    ['a name that the release has not', 'Jackfield Setup 1.0.0.exe', 'program'],
    ['another content', 'Jackfield-1.0.0-setup.exe', 'other'],
  ])('signs nothing that leads to %s', async (_what, name, content) => {
    const folder = await release(name, content);
    await expect(sign(folder)).rejects.toMatchObject({ stderr: expect.stringContaining(name) as string });
    expect(await feed(folder)).not.toContain('signature');
  });
});
