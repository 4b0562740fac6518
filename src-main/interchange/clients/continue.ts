import { commonDialect, type EntryContext } from '../dialect/dialect.js';
import { copyMap, emptyMap, isMap, mapOf, type Plain, type PlainMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inHome, inVariable } from './places.js';

/** Headers stand under `requestOptions`, among options of other kinds; a bearer token may stand under `apiKey`. */
function flat(entry: PlainMap): PlainMap {
  const copy = copyMap(entry);
  const { requestOptions, apiKey } = copy;
  if (isMap(requestOptions) && isMap(requestOptions['headers'])) copy['headers'] = requestOptions['headers'];
  if (typeof apiKey !== 'string' || apiKey === '') return copy;
  delete copy['apiKey'];
  const headers = withoutAuthorization(copy['headers']);
  copy['headers'] = Object.assign(headers, { Authorization: `Bearer ${apiKey}` });
  return copy;
}

function nested(entry: PlainMap, { before }: EntryContext): PlainMap {
  const copy = copyMap(entry);
  const { headers, requestOptions } = copy;
  delete copy['headers'];
  const options = isMap(requestOptions) ? copyMap(requestOptions) : emptyMap();
  let rest = isMap(headers) ? headers : undefined;
  const apiKey = before?.['apiKey'];
  if (rest && typeof apiKey === 'string' && rest['Authorization'] === `Bearer ${apiKey}`) {
    copy['apiKey'] = apiKey;
    rest = withoutAuthorization(rest);
  }
  if (rest && Object.keys(rest).length > 0) options['headers'] = rest;
  else delete options['headers'];
  if (Object.keys(options).length > 0) copy['requestOptions'] = options;
  else delete copy['requestOptions'];
  return copy;
}

function withoutAuthorization(headers: Plain | undefined): PlainMap {
  const entries = isMap(headers) ? Object.entries(headers) : [];
  return mapOf(entries.filter(([name]) => name.toLowerCase() !== 'authorization'));
}

/**
 * A list in YAML. `${{ secrets.NAME }}` is looked up in `~/.continue/.env` and in the environment.
 *
 * https://docs.continue.dev/customize/deep-dives/mcp
 * https://github.com/continuedev/continue/blob/main/packages/config-yaml/src/schemas/mcp/index.ts
 */
export const continueDev: ClientSpec = {
  word: 'continue',
  title: 'Continue',
  source: 'https://docs.continue.dev/customize/deep-dives/mcp',
  seen: 'commit d0a3c0b',
  paths: (place) => [
    place.env['CONTINUE_GLOBAL_DIR']
      ? inVariable(place, 'CONTINUE_GLOBAL_DIR', ['.continue'], 'config.yaml')
      : inHome(place, '.continue', 'config.yaml'),
  ],
  format: 'yaml',
  serversAt: ['mcpServers'],
  layout: 'list',
  skeleton: { name: 'Local Config', version: '1.0.0', schema: 'v1' },
  dialect: commonDialect({
    fields: { type: 'type', cwd: 'cwd' },
    typeWords: { stdio: 'stdio', sse: 'sse', streamable_http: 'streamable-http' },
    references: { env: (name) => `\${{ secrets.${name} }}` },
    toCommon: flat,
    fromCommon: nested,
  }),
};
