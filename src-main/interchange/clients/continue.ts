import { commonDialect } from '../dialect/dialect.js';
import { copyMap, emptyMap, isMap, type PlainMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inHome, inVariable } from './places.js';

/** Headers stand under `requestOptions`, among options of other kinds. */
function flat(entry: PlainMap): PlainMap {
  const copy = copyMap(entry);
  const { requestOptions } = copy;
  if (isMap(requestOptions) && isMap(requestOptions['headers'])) copy['headers'] = requestOptions['headers'];
  return copy;
}

function nested(entry: PlainMap): PlainMap {
  const copy = copyMap(entry);
  const { headers, requestOptions } = copy;
  delete copy['headers'];
  const options = isMap(requestOptions) ? copyMap(requestOptions) : emptyMap();
  if (isMap(headers)) options['headers'] = headers;
  else delete options['headers'];
  if (Object.keys(options).length > 0) copy['requestOptions'] = options;
  else delete copy['requestOptions'];
  return copy;
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
