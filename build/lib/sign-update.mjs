import { createHash, createPrivateKey, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import yaml from 'yaml';
import { bundle } from './bundle.mjs';

/**
 * The text of a feed file (`latest.yml`, `beta-linux.yml` …) with its maker's signature added: the app takes no update
 * whose feed is not signed with the key it was built with.
 * @param {string} text as electron-builder wrote it
 * @param {string} privateKey an Ed25519 key as PEM (PKCS #8)
 */
export async function signedFeed(text, privateKey) {
  const { signedText } = await import(
    pathToFileURL(await bundle('src-main/hosts/desktop/update-signature.ts')).href
  );
  const { signature: _old, ...info } = yaml.parse(text);
  if (!info.version || !Array.isArray(info.files) || info.files.length === 0)
    throw new Error('This is no feed of updates: it names no version or no files.');
  const key = createPrivateKey(privateKey);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('The signing key must be an Ed25519 key.');
  const signature = sign(null, Buffer.from(signedText(info)), key).toString('base64');
  return yaml.stringify({ ...info, signature }, { lineWidth: 0 });
}

/**
 * Files that a feed names and that are not in the release, or not as it says: an app would look for them in vain.
 * @returns {string[]}
 */
export function notInRelease(text, folder) {
  const { files = [] } = yaml.parse(text);
  return files
    .filter(({ url, sha512 }) => {
      const file = join(folder, url);
      return !existsSync(file) || createHash('sha512').update(readFileSync(file)).digest('base64') !== sha512;
    })
    .map(({ url }) => url);
}
