import type { Bundle, BundleField } from '../../contract/index.js';
import { isPlain, plainLine, refused } from './refusal.js';

export const MANIFEST = 'manifest.json';

type Command = { command: string; args?: string[] | undefined; env?: Record<string, string> | undefined };
type Override = { [K in keyof Command]?: Command[K] | undefined };
type Option = {
  type: BundleField['type'];
  title: string;
  description: string;
  required?: boolean | undefined;
  default?: string | number | boolean | string[] | undefined;
  multiple?: boolean | undefined;
  sensitive?: boolean | undefined;
  min?: number | undefined;
  max?: number | undefined;
};

/** What is used of a manifest, in whichever version of the format it is written. */
export type Manifest = {
  name: string;
  display_name?: string | undefined;
  version: string;
  description: string;
  author: { name: string };
  homepage?: string | undefined;
  server: {
    type: Bundle['kind'];
    entry_point: string;
    mcp_config?: (Command & { platform_overrides?: Record<string, Override> | undefined }) | undefined;
  };
  tools?: { name: string; description?: string | undefined }[] | undefined;
  compatibility?: { platforms?: string[] | undefined } | undefined;
  user_config?: Record<string, Option> | undefined;
};

/**
 * Reads a manifest with the format's own schemas.
 * @throws AppError `invalid` that names the fields at fault
 */
export async function readManifest(text: string): Promise<Manifest> {
  // The package brings a library of schemas of its own, which most people never need.
  const { MANIFEST_SCHEMAS_LOOSE: schemas } = await import('@anthropic-ai/mcpb/browser');
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw refused(`The ${MANIFEST} of this bundle is no JSON.`, undefined, undefined, error);
  }
  const { manifest_version, dxt_version } = (raw ?? {}) as Record<string, unknown>;
  const version = manifest_version ?? dxt_version;
  if (typeof version !== 'string' || !isKnown(version, schemas)) {
    const known = Object.keys(schemas).join(', ');
    throw refused(`This bundle is of a version of the format that is not known here (known: ${known}).`);
  }
  const parsed = schemas[version].safeParse(raw);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 20).map(({ path, message }) => ({
    path: plainLine(path.join('.'), 200),
    message: plainLine(message, 200),
  }));
  const fields = issues.map(({ path }) => path).join(', ');
  throw refused(
    `The ${MANIFEST} of this bundle is not as the format wants it: ${fields}.`,
    undefined,
    issues,
  );
}

const isKnown = <S extends object>(version: string, schemas: S): version is keyof S & string =>
  Object.hasOwn(schemas, version);

/** What would be run on this platform, with the variables still in it. */
export function commandOf(manifest: Manifest, platform: NodeJS.Platform): Required<Command> {
  const { type, entry_point: entry, mcp_config: config } = manifest.server;
  if (!config) {
    if (type !== 'uv') throw refused('This bundle does not say what to run.');
    return { command: 'uv', args: ['run', '--directory', '${__dirname}', entry], env: {} };
  }
  // As the format's own package merges them: what a platform names takes the place of the whole.
  const { command, args, env } = config.platform_overrides?.[platform] ?? {};
  return {
    command: command || config.command,
    args: args ?? config.args ?? [],
    env: env ?? config.env ?? {},
  };
}

export function fieldsOf({ user_config: options = {} }: Manifest): BundleField[] {
  return Object.entries(options).map(([key, option]) => ({
    key,
    title: plainLine(option.title, 200) || key,
    description: plainLine(option.description, 1_000),
    type: option.type,
    required: option.required ?? false,
    sensitive: option.sensitive ?? false,
    multiple: option.multiple ?? false,
    // A secret that is the same for everybody is none, and would be shown.
    ...(option.default !== undefined && !option.sensitive && { default: option.default }),
    ...(option.min !== undefined && { min: option.min }),
    ...(option.max !== undefined && { max: option.max }),
  }));
}

const KEY = /^[\w.-]{1,100}$/;
const PLATFORMS: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows', linux: 'Linux' };

/** Why the bundle cannot be installed on this platform, in sentences. */
export function problemsOf(manifest: Manifest, platform: NodeJS.Platform): string[] {
  const { command, args, env } = commandOf(manifest, platform);
  const fields = fieldsOf(manifest);
  const problems: string[] = [];
  const platforms = manifest.compatibility?.platforms;
  if (platforms && !platforms.includes(platform))
    problems.push(`It is made for ${platforms.map((one) => PLATFORMS[one] ?? one).join(' and ')}.`);
  if ([command, ...args, ...Object.entries(env).flat()].some((text) => !isPlain(text)))
    problems.push('Its command holds characters that cannot be seen.');
  if (fields.some(({ key }) => !KEY.test(key)))
    problems.push('It asks for a value under an impossible name.');
  const line = [command, ...args].join('\n');
  for (const { key, title, sensitive, multiple } of fields) {
    const place = `\${user_config.${key}}`;
    // Every program on the computer can read the command lines of the others.
    if (sensitive && line.includes(place))
      problems.push(`It puts the secret “${title}” on its command line, where other programs can read it.`);
    const inText = [command, ...args.filter((arg) => arg !== place), ...Object.values(env)].some((text) =>
      text.includes(place),
    );
    if (multiple && inText) problems.push(`It takes several values for “${title}” where one can stand.`);
  }
  return problems;
}
