// First, what Node brings: once a flag has been set, V8 refuses the code that Node keeps ready for its own modules, and
// compiles each that comes later anew. These bring most of what the app is going to import.
import 'node:https';
import 'node:stream/web';
import 'node:timers/promises';
import 'node:zlib';
import { setFlagsFromString } from 'node:v8';
import { askEnvironmentEarly } from '../../app/early-environment.js';

// Twenty servers that start at once make V8 enlarge the space for new objects to its limit and keep it so: some 20 MB
// that nothing needs afterwards. It has to be told before the app is loaded, hence the import below.
setFlagsFromString('--semi-space-growth-factor=1');
// What is called often while the app is loaded and its servers start is hardly called after that: optimizing it takes
// time from the servers, and 5 MB for the compiler.
setFlagsFromString('--no-opt');

const environment = askEnvironmentEarly();
const { runBrowserHost } = await import('./main.js');
runBrowserHost(import.meta.url, environment, () => setFlagsFromString('--opt'));
