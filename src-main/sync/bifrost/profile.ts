export type BifrostProfile = '1.3' | '1.4' | '1.5' | '1.6' | '2.x';

/** What one profile can do; everything else in the adapter follows from these. */
export type Traits = {
  /** A PUT replaces the whole client: what it leaves out is gone, and what is hidden must be sent again. */
  replacesWhole: boolean;
  /** Type, URL, command and kind of auth cannot be changed in place. */
  immutable: boolean;
  /** A PUT that leaves out `disabled`, `tool_sync_interval`, … resets them. */
  resetsOmitted: boolean;
  authType: boolean;
  pricing: boolean;
  /** Values are answered as redactions. */
  redacts: boolean;
  /** The list comes in pages. */
  pages: boolean;
  virtualKeys: boolean;
  /** `envs` takes `K=V`; before May 2026 it held names only. */
  envValues: boolean;
};

export const TRAITS: Record<BifrostProfile, Traits> = {
  '1.3': {
    replacesWhole: true,
    immutable: false,
    resetsOmitted: true,
    authType: false,
    pricing: false,
    redacts: false,
    pages: false,
    virtualKeys: false,
    envValues: false,
  },
  '1.4': {
    replacesWhole: true,
    immutable: false,
    resetsOmitted: true,
    authType: true,
    pricing: true,
    redacts: true,
    pages: false,
    virtualKeys: false,
    envValues: false,
  },
  '1.5': {
    replacesWhole: false,
    immutable: true,
    resetsOmitted: true,
    authType: true,
    pricing: true,
    redacts: true,
    pages: true,
    virtualKeys: true,
    envValues: true,
  },
  '1.6': {
    replacesWhole: false,
    immutable: true,
    resetsOmitted: false,
    authType: true,
    pricing: true,
    redacts: true,
    pages: true,
    virtualKeys: true,
    envValues: true,
  },
  '2.x': {
    replacesWhole: false,
    immutable: true,
    resetsOmitted: false,
    authType: true,
    pricing: true,
    redacts: true,
    pages: true,
    virtualKeys: true,
    envValues: true,
  },
};

/** What is known of one gateway. Changed by what it answers: a gateway may be updated while the app runs. */
export type BifrostFacts = {
  profile: BifrostProfile;
  /** False where a 1.5 was found to look `K=V` up as a name (before PR #3861). */
  envValues: boolean;
};

type Item = { config: Record<string, unknown>; state?: string | undefined };
type List = { isArray: boolean; limit?: number | undefined; items: Item[] };

/** Asked for in every list: 1.6 and later cut it to 100, 1.5 takes it as it is. */
export const PAGE = 101;

/**
 * The profile a list gives away by its shape alone (bifrost.md §6). An empty list tells less: then `undefined` for the
 * bare arrays of 1.3 and 1.4, and the oldest that pages so for the others.
 */
export function profileOf({ isArray, limit, items }: List): BifrostProfile | undefined {
  const configs = items.map(({ config }) => config);
  const has = (key: string): boolean => configs.some((config) => key in config);
  const secrets = configs.flatMap((config) => [
    config['connection_string'],
    ...Object.values((config['headers'] as Record<string, unknown> | undefined) ?? {}),
  ]);
  const wrapped = (key: string): boolean =>
    secrets.some((value) => typeof value === 'object' && value !== null && key in value);
  if (isArray) {
    if (has('auth_type') || wrapped('from_env')) return '1.4';
    return items.length > 0 ? '1.3' : undefined;
  }
  const isTwo =
    has('allow_by_default') ||
    has('needs_session_stickiness') ||
    items.some(({ state }) => state === 'healthy' || state === 'unstable');
  if (isTwo) return '2.x';
  if (wrapped('type') || has('tool_execution_timeout') || (limit !== undefined && limit < PAGE && limit > 0))
    return '1.6';
  return '1.5';
}
