import { setFlagsFromString } from 'node:v8';
import { askEnvironmentEarly } from '../../app/early-environment.js';

// Twenty servers that start at once make V8 enlarge the space for new objects to its limit and keep it so: some 20 MB
// that nothing needs afterwards. It has to be told before the app is loaded, hence the import below.
setFlagsFromString('--semi-space-growth-factor=1');

const environment = askEnvironmentEarly();
const { runBrowserHost } = await import('./main.js');
runBrowserHost(import.meta.url, environment);
