/** What the gateway refuses with 400, in its own words. `undefined`: taken. */
export function nameFault(name: unknown, era: number): string | undefined {
  const text = typeof name === 'string' ? name : '';
  if (text.trim() === '') return 'client name is required';
  // eslint-disable-next-line no-control-regex -- ASCII is what is asked for
  if (!/^[\u0000-\u007f]*$/.test(text)) return 'name must contain only ASCII characters';
  if (text.includes('-')) return 'client name cannot contain hyphens';
  if (text.includes(' ')) return 'client name cannot contain spaces';
  if (/^[0-9]/.test(text)) return 'client name cannot start with a number';
  if (era >= 2 && !/[A-Za-z0-9]/.test(text)) return 'no endpoint slug can be derived from the client name';
  return undefined;
}

function listFault(list: string[]): string | undefined {
  if (list.includes('*') && list.length > 1) return "wildcard '*' cannot be combined with other tool names";
  const twice = list.find((tool, index) => list.indexOf(tool) !== index);
  return twice === undefined ? undefined : `duplicate tool name '${twice}'`;
}

export function toolsFault(execute: string[], auto: string[]): string | undefined {
  const first = listFault(execute);
  if (first) return `Invalid tools_to_execute: ${first}`;
  const second = listFault(auto);
  if (second) return `Invalid tools_to_auto_execute: ${second}`;
  if (execute.includes('*')) return undefined;
  const outside = auto.find((tool) => !execute.includes(tool));
  return outside === undefined
    ? undefined
    : `Invalid tools_to_auto_execute: tool '${outside}' in tools_to_auto_execute is not in tools_to_execute`;
}

const PRIVATE =
  /^(localhost|.*\.localhost|0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[::1\]|\[f[cde])/;

/** 2.x, while the dashboard has no login: what a stranger may not register (PR #6757). */
export function guardFault(body: Record<string, unknown>, texts: string[]): string | undefined {
  if (body['connection_type'] === 'stdio')
    return 'registering stdio MCP clients requires dashboard authentication to be enabled';
  const url = texts[0] ?? '';
  if (url && URL.canParse(url) && PRIVATE.test(new URL(url).hostname))
    return 'connection_string resolves to a private address; enable dashboard authentication to register it';
  return referenceFault(texts);
}

export function referenceFault(texts: string[]): string | undefined {
  return texts.some((text) => /^(env|vault)\./.test(text))
    ? 'env. and vault. references require dashboard authentication to be enabled'
    : undefined;
}
