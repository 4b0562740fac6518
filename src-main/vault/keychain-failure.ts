import { AppError, type KeychainStatus } from '../contract/index.js';

/**
 * Why the keychain did not do what it was asked.
 * `addon`: keytar cannot be loaded. `no_bus`, `no_service`: Linux without D-Bus, or without a program that keeps
 * secrets. `no_collection`: that program has no place to put them yet. `locked`; `denied`: the person or the system
 * said no. `unanswered`: it has not answered, most likely since a prompt waits. `vanished`: it went away in the middle.
 * `crashed`: the helper process ended twice on the same call. `other`: with the keychain's own words.
 */
export type FailureCause =
  | 'addon'
  | 'no_bus'
  | 'no_service'
  | 'no_collection'
  | 'locked'
  | 'denied'
  | 'unanswered'
  | 'vanished'
  | 'crashed'
  | 'other';

export class KeychainFailure extends Error {
  override readonly name = 'KeychainFailure';
  constructor(
    readonly why: FailureCause,
    /** The keychain's own words. */
    readonly words = '',
  ) {
    super(words || why);
  }
}

// keytar's errors have no code. These are the words of libsecret and GDBus, the Security framework and wincred.
const WORDS: [RegExp, FailureCause][] = [
  [/autolaunch|dbus-launch|could not connect|cannot connect to|connection refused|bus address/i, 'no_bus'],
  [/was not provided by any \.service files|ServiceUnknown|not activatable|NameHasNoOwner/i, 'no_service'],
  [/locked collection|is locked|interaction is not allowed/i, 'locked'],
  [/no such (secret )?collection|object does not exist at path|no such object/i, 'no_collection'],
  [
    /cancell?ed|dismissed|denied|not authori[sz]ed|auth(entication|orization) failed|passphrase you entered/i,
    'denied',
  ],
  [
    /disconnected|noreply|did not (send|receive) a reply|timed? ?out|connection is closed|broken pipe/i,
    'vanished',
  ],
];

export function failureOf(words: string): KeychainFailure {
  const why = WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? 'other';
  return new KeychainFailure(why, words);
}

function reasonFor({ why, words }: KeychainFailure): string {
  switch (why) {
    case 'addon':
      return 'The keychain library could not be loaded.';
    case 'no_bus':
      return 'There is no D-Bus session to reach a keychain through.';
    case 'no_service':
      return 'No program that keeps secrets answers on this desktop.';
    case 'no_collection':
      return 'The keyring is there but has no default collection to put secrets into.';
    case 'locked':
      return 'The keychain is locked.';
    case 'denied':
      return 'The keychain refused access.';
    case 'unanswered':
      return 'The keychain has not answered; a prompt may be waiting on your screen.';
    case 'vanished':
      return 'The keychain went away in the middle of a call.';
    case 'crashed':
      return 'The process that talks to the keychain crashed twice.';
    case 'other':
      return `The keychain answered: ${words}`;
  }
}

const SESSION = 'Or choose "keep secrets for this session only" in the settings.';

function hintFor(why: FailureCause, platform: NodeJS.Platform): string {
  if (why === 'unanswered') return 'Answer the prompt, or unlock the keychain, and try again.';
  if (why === 'vanished' || why === 'crashed') return `Try again. ${SESSION}`;
  if (platform === 'darwin')
    return `Open Keychain Access, unlock the login keychain, and allow Jackfield to use it. ${SESSION}`;
  if (platform === 'win32') return `Check that the Credential Manager service runs. ${SESSION}`;
  return `${linuxHint(why)} ${SESSION}`;
}

function linuxHint(why: FailureCause): string {
  switch (why) {
    case 'addon':
      return 'Install libsecret (Debian and Ubuntu: libsecret-1-0, Fedora: libsecret).';
    case 'no_bus':
      return 'Start Jackfield inside a desktop session, or with dbus-run-session, so that DBUS_SESSION_BUS_ADDRESS is set.';
    case 'no_service':
      return 'Install and start a keyring: gnome-keyring, KWallet, or KeePassXC with its Secret Service switched on.';
    case 'no_collection':
      return 'Make a default keyring, for example with Seahorse ("Passwords and Keys").';
    default:
      return 'Unlock the keyring, for example with Seahorse ("Passwords and Keys"), and try again.';
  }
}

export function statusOf(failure: KeychainFailure, platform: NodeJS.Platform): KeychainStatus {
  return { available: false, reason: reasonFor(failure), hint: hintFor(failure.why, platform) };
}

/** @param what the sentence's first half: `The secret could not be read` */
export function unavailable(what: string, failure: KeychainFailure, platform: NodeJS.Platform): AppError {
  const hint = hintFor(failure.why, platform);
  return new AppError('keychain_unavailable', `${what}: ${lower(reasonFor(failure))}`, hint, [], {
    cause: failure,
  });
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
