import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { licenceList, licenceText, missingFrom } from './lib/bill.mjs';
import { inRoot } from './lib/paths.mjs';
import { runScript, say, ScriptError } from './lib/say.mjs';

// `npm run sbom [-- FOLDER]`: the bill of materials (CycloneDX) and the list of licences, made from the lock file. A
// release carries both.
await runScript(() => {
  const folder = process.argv[2] ?? inRoot('dist');
  const lock = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  const text = execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'], {
    cwd: inRoot(),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  const bill = JSON.parse(text);
  const missing = missingFrom(bill, lock);
  if (bill.bomFormat !== 'CycloneDX' || missing.length > 0)
    throw new ScriptError(`The bill of materials leaves out: ${missing.join(', ')}.`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/sbom.cdx.json`, `${JSON.stringify(bill, undefined, 2)}\n`);
  writeFileSync(`${folder}/licences.txt`, licenceText(licenceList(bill)));
  say(`${bill.components.length} packages: ${folder}/sbom.cdx.json and licences.txt`);
});
