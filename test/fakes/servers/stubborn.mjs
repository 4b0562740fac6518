// Ends neither when its stdin is closed nor at SIGTERM.
import { serve } from './bare-protocol.mjs';

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
  process.on(signal, () => process.stderr.write(`ignored ${signal}\n`));
serve({ keepAlive: true });
