import { AppError } from '../../contract/errors.js';
import type { LaunchRecord } from './launch-record.js';

/**
 * A command that the person did not type themselves is not run before they have allowed it, here as little as in the
 * app. @throws AppError `consent_required`
 */
export async function assertAllowed({ server, salt }: LaunchRecord, dataDir: string): Promise<void> {
  if (!server.origin) return;
  const [{ AllowedCommands }, { Trust }] = await Promise.all([
    import('../trust/allowed-commands.js'),
    import('../trust/trust.js'),
  ]);
  const trust = new Trust({
    allowed: await AllowedCommands.open(dataDir, salt),
    server: () => server,
    revisions: () => Promise.resolve([]),
    answered: () => undefined,
    ask: undefined,
  });
  const refusal = trust.refusal(server);
  if (refusal)
    throw new AppError(
      refusal.code,
      refusal.message,
      `Look at the whole command and allow it once, in Jackfield or with: jackfield allow ${JSON.stringify(server.name)}`,
    );
}
