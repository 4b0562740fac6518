import { isSecretRef, type ImportChange, type Server } from '../../contract/index.js';
import { commonDialect, type ReadEntry } from '../dialect/dialect.js';
import { shown } from '../patches/drift.js';
import { fieldsOf, tokenOf } from '../patches/fields.js';

/** Every field of a launch; tools only where the entry speaks of them. */
const whole = commonDialect({ fields: { cwd: 'cwd', envFile: 'envFile' } });

/** What overwriting a server with a found entry would change of it, secrets masked. */
export function importChanges({ transport, tools }: ReadEntry, existing: Server): ImportChange[] {
  const dialect = {
    ...whole,
    tools: {
      ...(tools?.execute && { allow: 'allow' }),
      ...(tools?.autoExecute && { autoApprove: 'autoApprove' }),
    },
  };
  const before = fieldsOf(existing, dialect);
  const after = fieldsOf({ transport, tools }, dialect);
  const fields = [...new Set([...before.keys(), ...after.keys()])];
  return fields.flatMap((field): ImportChange[] => {
    const [old, next] = [before.get(field), after.get(field)];
    if (tokenOf(old) === tokenOf(next)) return [];
    // A client that could not hold a secret does not name it, or asks for it: it stays.
    if (isSecretRef(old) && (next === undefined || next === '')) return [];
    const [was, becomes] = [shown(field, old), shown(field, next)];
    return [
      {
        field,
        ...(was && { before: was.text }),
        ...(becomes && { after: becomes.text }),
        ...((was?.secret || becomes?.secret) && { secret: true as const }),
      },
    ];
  });
}
