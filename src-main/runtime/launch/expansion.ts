const VARIABLE = /\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * `~` at the front becomes the home folder; `${NAME}`, `${env:NAME}` and `${NAME:-default}` become the variable.
 * What is not set stays as it is written, so that text which only looks like a variable is not lost.
 */
export function expand(text: string, env: Record<string, string | undefined>, home: string): string {
  const withHome = /^~(?=$|[/\\])/.test(text) ? home + text.slice(1) : text;
  return withHome.replace(VARIABLE, (whole, name: string, fallback: string | undefined) => {
    const value = env[name];
    if (value) return value;
    return fallback ?? value ?? whole;
  });
}
