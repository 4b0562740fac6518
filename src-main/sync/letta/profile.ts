export type LettaProfile = 'flat' | 'nested' | 'guarded' | 'cloud';

/** What is known of one Letta server. Kept between requests; found by probing and by what it refuses. */
export type LettaFacts = {
  profile: LettaProfile;
  version?: string;
  /** Rows a list holds at most: 50 before 0.16.4, 200 since. */
  listLimit: number;
  /** `MCP_DISABLE_STDIO`, off by default since 0.16.4: known once a create was taken or refused. */
  stdio: 'yes' | 'no' | 'unknown';
};

type Version = [number, number, number];

function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

function atLeast(version: Version, ...wanted: Version): boolean {
  for (const [index, part] of version.entries()) {
    const difference = part - (wanted[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

export const isCloudUrl = (baseUrl: string): boolean =>
  /(^|\.)letta\.com$/.test(new URL(baseUrl).hostname.toLowerCase());

/** @param version as `/v1/health/` answers it; without one nothing is refused beforehand, and the server tells */
export function factsOf(baseUrl: string, version: string | undefined): LettaFacts | 'too old' {
  if (isCloudUrl(baseUrl))
    return { profile: 'cloud', listLimit: 200, stdio: 'no', ...(version !== undefined && { version }) };
  const parsed = version === undefined ? undefined : parseVersion(version);
  if (!parsed)
    return {
      profile: 'nested',
      listLimit: 200,
      stdio: 'unknown',
      ...(version !== undefined && { version }),
    };
  if (!atLeast(parsed, 0, 13, 0)) return 'too old';
  return {
    profile: !atLeast(parsed, 0, 15, 0) ? 'flat' : !atLeast(parsed, 0, 16, 7) ? 'nested' : 'guarded',
    listLimit: atLeast(parsed, 0, 16, 4) ? 200 : 50,
    stdio: atLeast(parsed, 0, 16, 4) ? 'unknown' : 'yes',
    ...(version !== undefined && { version }),
  };
}
