import { describe, expect, it } from 'vitest';
import { serverInputSchema, type Server } from '../../../src-main/contract/index.js';
import { BIFROST_FIELDS } from '../../../src-main/sync/bifrost/field-map.js';
import { TRAITS, type BifrostProfile } from '../../../src-main/sync/bifrost/profile.js';
import { project as projectBifrost } from '../../../src-main/sync/bifrost/project.js';
import type { FieldMap } from '../../../src-main/sync/field-map.js';
import { LETTA_FIELDS } from '../../../src-main/sync/letta/field-map.js';
import type { LettaProfile } from '../../../src-main/sync/letta/profile.js';
import { project as projectLetta } from '../../../src-main/sync/letta/project.js';
import type { Projection } from '../../../src-main/sync/remote-adapter.js';
import { fieldTable } from '../../support/field-table.js';

const LETTA: LettaProfile[] = ['flat', 'nested', 'guarded', 'cloud'];
const BIFROST = Object.keys(TRAITS) as BifrostProfile[];
const options = { name: 'all', references: {}, exists: true };

/** Servers that between them have every field there is. */
const servers = [
  { type: 'stdio', command: 'npx', args: ['x'], env: { A: '1' }, cwd: '/w', envFile: '/w/.env' },
  {
    type: 'sse',
    url: 'https://a.example.com',
    headers: { 'X-A': '1' },
    auth: { type: 'header', header: 'X-T', token: 't' },
  },
  { type: 'streamable_http', url: 'https://a.example.com', auth: { type: 'oauth', oauthConfigId: 'row' } },
].map((transport) => ({
  id: 'id',
  revision: 1,
  ...serverInputSchema.parse({
    name: 'all',
    transport,
    tools: { execute: ['a'], autoExecute: ['a'], pricing: { a: 1 } },
    codeMode: true,
  }),
})) as Server[];

const starred = (path: string): string => path.replace(/^(transport\.(?:env|headers)\.).*/, '$1*');

function agrees(map: FieldMap, profile: string, projections: Projection[]): void {
  const held = new Set(
    projections.flatMap(({ cells }) => [...cells.values()].map(({ path }) => starred(path))),
  );
  const lost = new Set(projections.flatMap(({ losses }) => losses.map(({ field }) => starred(field))));
  for (const { field, remote, lost: reason, lostIn } of map) {
    const isLost = reason !== undefined && (lostIn?.includes(profile) ?? true);
    // A name that is sent without its value is both held and lost.
    if (field === 'transport.env.*' || !isLost) expect(held, `${profile} holds ${field}`).toContain(field);
    if (isLost && field !== 'transport.auth.oauthConfigId')
      expect(lost, `${profile} loses ${field}`).toContain(field);
    if (remote === undefined) expect(held).not.toContain(field);
  }
  for (const field of [...held, ...lost]) expect(map.map((fact) => fact.field)).toContain(field);
}

describe('the field maps', () => {
  it.each(LETTA)('say what Letta %s holds and loses', (profile) => {
    const facts = { profile, listLimit: 200, stdio: 'yes' as const };
    agrees(
      LETTA_FIELDS,
      profile,
      servers.map((server) => projectLetta(server, options, facts)),
    );
  });

  it.each(BIFROST)('say what Bifrost %s holds and loses', (profile) => {
    const facts = { profile, envValues: TRAITS[profile].envValues };
    agrees(
      BIFROST_FIELDS,
      profile,
      servers.map((server) => projectBifrost(server, options, facts)),
    );
  });

  it('are what docs/remote-fields.md says (npx vitest -u writes it anew)', async () => {
    const text = [
      '# What remotes hold of a server\n',
      'Made from the adapters’ own field maps; do not edit. Fields that no remote has a place for and that are only yours (description, tags, lifecycle) are not listed.\n',
      fieldTable('Letta', LETTA, LETTA_FIELDS),
      fieldTable('Bifrost', BIFROST, BIFROST_FIELDS),
    ].join('\n');
    await expect(text).toMatchFileSnapshot('../../../docs/remote-fields.md');
  });
});
