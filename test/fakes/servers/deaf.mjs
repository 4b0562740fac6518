// Closes its stdout after the handshake and runs on.
import { closeSync } from 'node:fs';
import { serve } from './bare-protocol.mjs';

serve({
  on: { 'notifications/initialized': () => void setTimeout(() => closeSync(1), 50) },
  keepAlive: true,
});
