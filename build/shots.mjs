import { spawn } from 'node:child_process';
import { bundle } from './lib/bundle.mjs';
import { inRoot } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runScript } from './lib/say.mjs';

await runScript(async () => {
  await prepare();
  const file = await bundle('test/shots/main.ts');
  const child = spawn(process.execPath, [file, ...process.argv.slice(2)], {
    cwd: inRoot(),
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
});
