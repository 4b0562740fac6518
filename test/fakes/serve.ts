/* Starts one Letta and one Bifrost and prints where they are, as one line of JSON. SIGTERM or SIGINT ends them. */
import { startFakeBifrost } from './bifrost/index.js';
import { startFakeLetta } from './letta/index.js';

const letta = await startFakeLetta({ version: '0.16.6', stdio: true });
// Names of sample environment variables are there, so that servers with an environment can be tried too.
const bifrost = await startFakeBifrost({
  version: '1.4',
  environment: process.env as Record<string, string>,
});

process.stdout.write(`${JSON.stringify({ letta: letta.url, bifrost: bifrost.url })}\n`);

const end = (): void => {
  void Promise.all([letta.close(), bifrost.close()]).then(() => process.exit(0));
};
process.once('SIGTERM', end);
process.once('SIGINT', end);
