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
  /** A 2.x without a login of its dashboard, asked without one: it takes little from strangers (bifrost.md §3.2). */
  isOpen?: boolean;
};

type Item = {
  config: Record<string, unknown>;
  state?: string | undefined;
  vk_configs?: unknown;
};
type List = { isArray: boolean; limit?: number | undefined; items: Item[] };

/** How many are asked for at once, from the second page on; 1.6 and later give no more. */
export const PAGE = 100;
/** What 1.6 and later call the limit of a list that was asked for without one. */
const DEFAULT_PAGE = 25;

const MARKS_OF_2 = ['allow_by_default', 'needs_session_stickiness'];
const MARKS_OF_16 = ['tool_execution_timeout', 'tls_config'];
const MARKS_OF_15 = ['disabled', 'allow_on_all_virtual_keys', 'allowed_extra_headers'];

/**
 * The profile that a first page gives away by its shape (bifrost.md §6); `undefined`: the list is empty and tells
 * nothing but its frame. Where a version cannot be told for sure it is the older one: that one is sent more, and a newer
 * one refuses with a reason what it does not want, while an older one that is sent too little loses it.
 */
export function profileOf({ isArray, limit, items }: List): BifrostProfile | undefined {
  const configs = items.map(({ config }) => config);
  const has = (marks: readonly string[]): boolean =>
    configs.some((config) => marks.some((mark) => mark in config));
  const wrapped = (key: string): boolean =>
    configs.some((config) =>
      [config['connection_string'], ...Object.values((config['headers'] as object | undefined) ?? {})].some(
        (value) => typeof value === 'object' && value !== null && key in value,
      ),
    );
  if (has(MARKS_OF_2) || items.some(({ state }) => state === 'healthy' || state === 'unstable')) return '2.x';
  if (has(MARKS_OF_16) || wrapped('type') || (!isArray && limit === DEFAULT_PAGE)) return '1.6';
  if (has(MARKS_OF_15) || items.some((item) => item.vk_configs !== undefined)) return '1.5';
  if (items.length === 0) return isArray || limit === undefined ? undefined : '1.5';
  return has(['auth_type', 'tool_pricing']) || wrapped('from_env') || !isArray ? '1.4' : '1.3';
}
