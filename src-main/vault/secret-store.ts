import type { SecretId } from '../contract/index.js';
import type { Keychain } from './keychain.js';
import { KeychainFailure } from './keychain-failure.js';

/** wincred refuses blobs above 2,560 bytes (CRED_MAX_CREDENTIAL_BLOB_SIZE). */
const WINDOWS_PART = 2_400;
/** A secret of 65,536 characters is at most this many base64 characters: three bytes of UTF-8 a UTF-16 unit. */
const LONGEST_BASE64 = Math.ceil((65_536 * 3) / 3) * 4;

/** How many characters one keychain entry may hold. */
export function partLimitOf(platform: NodeJS.Platform): number {
  return platform === 'win32' ? WINDOWS_PART : Infinity;
}

/**
 * A text in parts of which every one but the last is exactly `limit` long, and the last is shorter. So a reader knows
 * from a part's length whether another must follow, and a lost one is noticed. Where the text would end on a full
 * part, a lone `=` follows, which base64 decoders pass over.
 */
export function partsOf(base64: string, limit: number): string[] {
  const text = base64.length > 0 && base64.length % limit === 0 ? `${base64}=` : base64;
  if (text.length < limit) return [text];
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += limit) parts.push(text.slice(at, at + limit));
  return parts;
}

const account = (id: SecretId, part: number): string => (part === 1 ? id : `${id}#${part}`);

/** A value that is used to see whether the keychain works. It stands there for a moment only. */
const CANARY = 'availability-check';

/** Secrets in the keychain, by id. Values are base64, since gnome-keyring 50 damages newlines. */
export class SecretStore {
  constructor(
    private readonly keychain: Keychain,
    private readonly partLimit: number,
  ) {}

  /** @throws KeychainFailure; parts may then be left, so the id must stand in the journal */
  async set(id: SecretId, value: string): Promise<void> {
    const parts = partsOf(Buffer.from(value, 'utf8').toString('base64'), this.partLimit);
    // The first part goes last: while it is not there, the secret is not there.
    for (let part = parts.length; part >= 1; part -= 1)
      await this.keychain.set(account(id, part), parts[part - 1] as string);
  }

  /**
   * @returns the value; `null` where the keychain has none, or where it is locked, which looks the same
   * @throws KeychainFailure
   */
  async get(id: SecretId): Promise<string | null> {
    let base64 = '';
    for (let part = 1; ; part += 1) {
      const text = await this.keychain.get(account(id, part));
      if (text === null) return null;
      base64 += text;
      if (text.length !== this.partLimit) return Buffer.from(base64, 'base64').toString('utf8');
    }
  }

  /**
   * @returns whether it was there; a locked keychain answers false too
   * @throws KeychainFailure
   */
  async delete(id: SecretId): Promise<boolean> {
    const wasThere = await this.keychain.delete(account(id, 1));
    // Without a first part any others may be there: the crash that left them came between two of them.
    for (let part = 2; part <= this.#mostParts; part += 1)
      if (!(await this.keychain.delete(account(id, part))) && wasThere) break;
    return wasThere;
  }

  /**
   * Tells whether a secret could be kept now. Only writing tells: a locked keyring answers reads with "no such secret".
   * @throws KeychainFailure where not
   */
  async check(): Promise<void> {
    const value = Buffer.from(`${process.pid} ${Date.now()}`).toString('base64');
    await this.keychain.set(CANARY, value);
    const read = await this.keychain.get(CANARY);
    await this.keychain.delete(CANARY);
    if (read !== value) throw new KeychainFailure('other', 'what was written could not be read back');
  }

  get #mostParts(): number {
    return this.partLimit === Infinity ? 1 : Math.ceil(LONGEST_BASE64 / this.partLimit) + 1;
  }
}
