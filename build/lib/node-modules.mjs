import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/**
 * Why node_modules is not what package-lock.json asks for, or nothing where it is. npm writes down what it installed in
 * node_modules/.package-lock.json as its last step: an install that was cut off is seen, and one that was done by hand
 * is not done again.
 */
export function whyStale(root) {
  const wanted = packagesOf(join(root, 'package-lock.json')) ?? {};
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (!installed) return 'node_modules is missing or not whole';
  for (const [path, { version, optional, peer }] of Object.entries(wanted)) {
    if (path === '') continue;
    const there = installed[path];
    // npm leaves out optional packages of other platforms, and peers that nobody needs.
    if (!there && (optional || peer)) continue;
    if (!there) return `${nameOf(path)} is not installed`;
    if (there.version !== version) return `${nameOf(path)} is ${there.version} and should be ${version}`;
  }
  return undefined;
}
