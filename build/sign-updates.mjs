import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScript, say, ScriptError } from './lib/say.mjs';
import { notInRelease, signedFeed } from './lib/sign-update.mjs';

// `node build/sign-updates.mjs FOLDER`: signs the feeds of updates in a folder of release files, with the private key
// in UPDATE_SIGNING_KEY, after a look whether they lead to what is there. docs/releasing.md says how such a key is made and where its public half goes.
await runScript(async () => {
  const [folder] = process.argv.slice(2);
  const key = process.env.UPDATE_SIGNING_KEY;
  if (!folder || !key)
    throw new ScriptError('Usage: UPDATE_SIGNING_KEY=… node build/sign-updates.mjs FOLDER');
  const feeds = readdirSync(folder).filter((name) => /^(latest|beta)(-\w+)*\.yml$/.test(name));
  if (feeds.length === 0) throw new ScriptError(`There is no feed of updates in ${folder}.`);
  for (const name of feeds) {
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    const missing = notInRelease(text, folder);
    if (missing.length > 0)
      throw new ScriptError(`${name} leads to what is not in ${folder} as it says: ${missing.join(', ')}.`);
    writeFileSync(file, await signedFeed(text, key));
    say(`Signed ${name}.`);
  }
  return 0;
});
