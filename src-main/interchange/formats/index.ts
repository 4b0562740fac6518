import type { FormatName, TextFormat } from './format.js';
import { json } from './json.js';
import { json5 } from './json5.js';
import { toml } from './toml.js';
import { yaml } from './yaml.js';

/** Comments and trailing commas are read in every JSON file: people write them whatever their client says. */
const FORMATS: Record<FormatName, TextFormat> = { json, jsonc: json, json5, toml, yaml };

export function formatOf(name: FormatName): TextFormat {
  return FORMATS[name];
}
