import type { ReadServer, TextKind } from '../../contract/index.js';
import { NoServer, readEntry } from '../dialect/read-entry.js';
import type { Findings } from './found.js';
import { lawfulName } from './names.js';
import { misplacedSecrets, secretPathsOf, withSecrets } from './secrets.js';

/** The servers in a text as a form can take them: what looks like a secret is to be kept as one. */
export function readServers(findings: Findings): {
  servers: ReadServer[];
  problems: string[];
  kind: TextKind;
} {
  const problems = [...findings.problems];
  const servers = findings.found.flatMap((found): ReadServer[] => {
    if (found.unlikely) return [];
    try {
      const { transport, tools, description, warnings } = readEntry(found.entry, { dialect: found.dialect });
      const all = [...(found.warnings ?? []), ...warnings, ...misplacedSecrets(transport)];
      return [
        {
          name: lawfulName(found.name),
          transport: withSecrets(transport, new Set(secretPathsOf(transport, found.secrets))),
          ...(tools && { tools }),
          ...(description && { description }),
          warnings: all,
        },
      ];
    } catch (error) {
      if (!(error instanceof NoServer)) throw error;
      problems.push(`"${found.name.slice(0, 200)}": ${error.message}.`);
      return [];
    }
  });
  return { servers, problems, kind: findings.as ?? 'nothing' };
}
