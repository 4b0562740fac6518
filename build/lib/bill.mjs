// What Jackfield is made of, from package-lock.json alone: no network, nothing has to be installed.

/** Packages whose npm install would run a script, by their real names. */
export function packagesWithScripts({ packages }) {
  return Object.entries(packages)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path, entry]) => entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13));
}

const licencesOf = ({ licenses = [] }) =>
  licenses
    .map(({ license, expression }) => expression ?? license?.id ?? license?.name)
    .filter((name) => name !== undefined);

/** A CycloneDX document's components by licence, the most frequent first; `none` where a package names none. */
export function licenceList({ components }) {
  const byLicence = new Map();
  for (const component of components) {
    const licence = licencesOf(component).join(' AND ') || 'none';
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), `${component.name}@${component.version}`]);
  }
  return [...byLicence]
    .map(([licence, packages]) => ({ licence, packages: packages.sort() }))
    .sort((a, b) => b.packages.length - a.packages.length || (a.licence < b.licence ? -1 : 1));
}

/** One licence a line, with its packages below it. */
export function licenceText(list) {
  return list
    .map(
      ({ licence, packages }) =>
        `${licence} (${packages.length})\n${packages.map((one) => `  ${one}\n`).join('')}`,
    )
    .join('\n');
}

/** Packages of the lock file that a bill does not name. Places that the system alone decides on (links) are none. */
export function missingFrom(bill, { packages }) {
  const named = new Set(
    bill.components.map(({ name, group, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
  );
  return Object.entries(packages).flatMap(([path, { name, version, link }]) => {
    if (path === '' || link) return [];
    const real = path.slice(path.lastIndexOf('node_modules/') + 13);
    return named.has(`${real}@${version}`) || named.has(`${name}@${version}`)
      ? []
      : [`${name ?? real}@${version}`];
  });
}
