// Ends neither when its stdin is closed nor at SIGTERM; with --heeds-sigterm it does at the latter.
import { serve } from './bare-protocol.mjs';

const ignored = process.argv.includes('--heeds-sigterm')
  ? ['SIGINT', 'SIGHUP']
  : ['SIGTERM', 'SIGINT', 'SIGHUP'];
for (const signal of ignored) process.on(signal, () => process.stderr.write(`ignored ${signal}\n`));
serve({ keepAlive: true });
