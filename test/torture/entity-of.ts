import {
  isSecretRef,
  type Link,
  type Remote,
  type Server,
  type Value,
} from '../../src-main/contract/index.js';
import type { Entity } from './plan.js';

/** What the test looks at of a server or remote. @param valueOf the text behind a secret */
export async function entityOf(
  entity: Server | Remote,
  valueOf: (field: string, id: string) => string | Promise<string>,
): Promise<Entity> {
  const secrets: Record<string, string> = {};
  let plain: string | undefined;
  for (const [field, value] of Object.entries(valuesOf(entity)))
    if (isSecretRef(value)) secrets[field] = await valueOf(field, value.secret);
    else plain = value;
  const isServer = 'transport' in entity;
  if (isServer && entity.transport.type === 'stdio')
    plain ??= /^--token=(PLAIN.*)$/.exec(entity.transport.args[0] ?? '')?.[1];
  return {
    kind: isServer ? 'server' : 'remote',
    stamp: isServer ? entity.description : String(entity.headers['X-Stamp']),
    secrets,
    ...(plain !== undefined && { plain }),
  };
}

export function valuesOf(entity: Server | Remote): Record<string, Value> {
  if ('transport' in entity) return entity.transport.type === 'stdio' ? entity.transport.env : {};
  return entity.auth.type === 'bearer' ? { token: entity.auth.token } : {};
}

export const cordOf = ({ references = {} }: Pick<Link, 'references'>): Entity => ({
  kind: 'link',
  stamp: JSON.stringify(references),
  secrets: {},
});
