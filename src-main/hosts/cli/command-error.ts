/** Exit codes of the command. `run` ends as its server ends instead. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** The command line cannot be used. */
  unusable: 2,
  /** The data folder is held by a Jackfield that cannot be talked to; or one has to run and none does. */
  unreachable: 3,
  /** Something that needs a yes was not given one. */
  consent: 4,
} as const;

export type Issue = { path: string; message: string };

/** What the person is told in place of a result: what happened, what was tried, what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    readonly code: string,
    message: string,
    readonly hint: string,
    readonly exitCode: number = code === 'consent_required' ? EXIT.consent : EXIT.failed,
    readonly issues: Issue[] = [],
  ) {
    super(message);
  }
}

export const unusable = (message: string, hint: string): CommandError =>
  new CommandError('invalid', message, hint, EXIT.unusable);

type WireError = { message: string; data?: { code?: string; hint?: string; issues?: Issue[] } };

/** The error object that came over the wire. */
export function fromWire({ message, data }: WireError): CommandError {
  return new CommandError(data?.code ?? 'io', message, data?.hint ?? '', undefined, data?.issues);
}

/** Whatever was thrown. `AppError`s are known by their shape: their class belongs to the app, which may not be loaded. */
export function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const { name, code, hint, issues } = error as {
    name?: string;
    code?: string;
    hint?: string;
    issues?: Issue[];
  };
  const message = error instanceof Error ? error.message : String(error);
  if (name === 'AppError') return new CommandError(code ?? 'io', message, hint ?? '', undefined, issues);
  return new CommandError(
    'io',
    `The command met a fault of its own: ${message}`,
    'Try again. If it stays, report the command line and this message.',
  );
}
