import { AppError, type Value } from '../contract/index.js';
import { Availability } from './availability.js';
import { Keychain, type HelperProcess } from './keychain.js';
import { KeychainFailure, unavailable } from './keychain-failure.js';
import { partLimitOf, SecretStore } from './secret-store.js';

export type SecretReaderOptions = {
  launchHelper: () => HelperProcess;
  platform?: NodeJS.Platform;
};

/**
 * Reads secrets beside a vault that may be open in another process: it writes no journal and deletes nothing. The
 * keychain's helper is started by the first secret.
 */
export class SecretReader {
  readonly #keychain: Keychain;
  readonly #store: SecretStore;
  readonly #platform: NodeJS.Platform;

  constructor({ launchHelper, platform = process.platform }: SecretReaderOptions) {
    this.#platform = platform;
    this.#keychain = new Keychain(launchHelper);
    this.#store = new SecretStore(this.#keychain, partLimitOf(platform));
  }

  /** The text behind a value. @throws AppError `keychain_unavailable`: locked, gone, or in the memory of a host alone */
  async resolve(value: Value): Promise<string> {
    if (typeof value === 'string') return value;
    if (value.secret.startsWith('ses-'))
      throw new AppError(
        'keychain_unavailable',
        'A secret of this server is kept in the memory of a running Jackfield only, where no other program can read it.',
        'Choose the keychain under Settings, Secrets, and enter the secret again; or start the server in Jackfield itself.',
      );
    const what = 'The secret could not be read';
    const text = await this.#store.get(value.secret).catch((error: unknown) => {
      throw error instanceof KeychainFailure ? unavailable(what, error, this.#platform) : error;
    });
    if (text !== null) return text;
    // "No such secret" is also what a locked keyring says; only writing tells the two apart.
    const failure = await new Availability(this.#store, this.#platform).probe();
    if (failure) throw unavailable(what, failure, this.#platform);
    throw new AppError(
      'keychain_unavailable',
      'The keychain is open, but a secret of this server is not in it (any more).',
      'Enter it again in Jackfield. It may have been deleted by another program, or belong to another computer.',
    );
  }

  /** Ends the helper. */
  dispose(): Promise<void> {
    return this.#keychain.dispose(0);
  }
}
