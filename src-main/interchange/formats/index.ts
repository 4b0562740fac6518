import type { FormatName, TextFormat } from './format.js';
import { json } from './json.js';

/** Comments and trailing commas are read in every JSON file: people write them whatever their client says. */
const FORMATS: Partial<Record<FormatName, TextFormat>> = { json, jsonc: json };

export function formatOf(name: FormatName): TextFormat {
  return FORMATS[name] ?? json;
}
