import { createPublicKey, verify } from 'node:crypto';

/** What of an update's feed is signed: which version it is, and the hash of every file that may be installed. */
export type SignedPart = { version: string; files: readonly { url: string; sha512: string }[] };

/**
 * The text that a release's maker signs, and that the app checks. A feed's host could put any file there and name any
 * hash; without the maker's private key it cannot sign what it names.
 */
export function signedText({ version, files }: SignedPart): string {
  const lines = files.map(({ url, sha512 }) => `${url} ${sha512}`).sort();
  return ['jackfield update 1', version, ...lines, ''].join('\n');
}

/**
 * Whether the feed's entry was signed by the holder of the private key.
 * @param publicKey base64 of an Ed25519 key in SPKI's DER form
 */
export function isSigned(info: SignedPart, signature: unknown, publicKey: string): boolean {
  if (typeof signature !== 'string' || info.files.length === 0) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, Buffer.from(signedText(info)), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
