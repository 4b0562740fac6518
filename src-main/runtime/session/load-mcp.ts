let loading: Promise<typeof import('./mcp.js')> | undefined;

/**
 * Everything that needs the MCP client. Its many schemas take as long to make as all the rest of the app, and a server
 * that was just started needs longer than that to say its first word: so they are made meanwhile.
 */
export function loadMcp(): Promise<typeof import('./mcp.js')> {
  return (loading ??= import('./mcp.js'));
}
