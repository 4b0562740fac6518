#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { launchCommandHelper } from '../../app/launcher/node-helper.js';
import { programsIn } from '../programs.js';
import { obey } from './obey.js';

const out = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The `jackfield` command as plain Node runs it. */
const code = await obey(process.argv.slice(2), {
  launchHelper: () => launchCommandHelper(out('./keychain-helper.js')),
  programs: programsIn(out),
  launcher: [process.execPath, out('./jackfield.js')],
});
// What a library left open must not hold up the end; what was written is waited for.
if (code !== undefined) process.stdout.write('', () => process.exit(code));
