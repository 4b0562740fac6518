import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lawfulName } from '../../../src-main/sync/bifrost/lawful-name.js';
import { profileOf } from '../../../src-main/sync/bifrost/profile.js';
import { isRedacted, redact } from '../../../src-main/sync/bifrost/redaction.js';
import { nameFault } from '../../fakes/bifrost/rules.js';

describe('lawful names', () => {
  it.each([
    ['file-system', 'file_system'],
    ['live data', 'live_data'],
    ['1password', '_1password'],
    ['Zürich', 'Zurich'],
    ['Files (local)', 'Files_local'],
    ['_private', '_private'],
    ['日本', undefined],
    ['---', undefined],
    ['___', undefined],
  ])('%s becomes %s', (wanted, name) => expect(lawfulName(wanted)).toBe(name));

  it('whatever comes out, no version refuses it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (wanted) => {
        const name = lawfulName(wanted);
        if (name !== undefined)
          for (const era of [1.3, 1.4, 2.2]) expect(nameFault(name, era)).toBeUndefined();
      }),
    );
  });
});

describe('redaction', () => {
  it('shows what the gateway shows', () => {
    expect(redact('12345678')).toBe('********');
    expect(redact('https://mcp.example.com/mcp')).toBe('http************************/mcp');
    expect(redact('')).toBe('');
  });

  it('is known when it is seen again', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
        expect(isRedacted(redact(text)), redact(text)).toBe(true);
      }),
    );
    expect(isRedacted('https://example.com')).toBe(false);
  });
});

describe('profiles by shape', () => {
  const item = (config: Record<string, unknown>, more = {}) => ({
    config: { name: 'a', ...config },
    ...more,
  });
  it.each<[string, Parameters<typeof profileOf>[0], string | undefined]>([
    ['a bare empty list', { isArray: true, items: [] }, undefined],
    ['plain texts', { isArray: true, items: [item({ connection_string: 'x' })] }, '1.3'],
    ['a kind of auth', { isArray: true, items: [item({ auth_type: 'none' })] }, '1.4'],
    [
      'env vars in a frame, and nothing newer',
      { isArray: false, items: [item({ connection_string: { value: '', from_env: false } })] },
      '1.4',
    ],
    ['virtual keys', { isArray: false, items: [item({}, { vk_configs: [] })], limit: 1 }, '1.5'],
    ['an empty frame with paging', { isArray: false, items: [], limit: 0 }, '1.5'],
    ['a default page', { isArray: false, items: [], limit: 25 }, '1.6'],
    [
      'secret vars',
      { isArray: false, items: [item({ connection_string: { value: '', type: 'env' } })] },
      '1.6',
    ],
    ['the renamed flag', { isArray: false, items: [item({ allow_by_default: true })], limit: 25 }, '2.x'],
    [
      'the newer word for its state',
      { isArray: false, items: [item({}, { state: 'healthy' })], limit: 25 },
      '2.x',
    ],
  ])('%s', (_what, list, profile) => expect(profileOf(list)).toBe(profile));
});
