/** Up to eight characters become as many stars; longer texts show their first and last four around 24 stars. */
export function redact(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= 8) return '*'.repeat(bytes.length);
  return `${bytes.subarray(0, 4).toString('utf8')}${'*'.repeat(24)}${bytes.subarray(-4).toString('utf8')}`;
}

const isReference = (text: string, vault: boolean): boolean =>
  text.startsWith('env.') || (vault && text.startsWith('vault.'));

/** The object a value is answered as: `EnvVar` up to 1.5, `SecretVar` from 1.6 on, plain text in 1.3. */
export function wire(text: string, era: number, environment: Record<string, string>): unknown {
  if (era < 1.4) return text;
  const reference = isReference(text, era >= 1.6);
  const value = redact(reference ? (environment[text.slice(text.indexOf('.') + 1)] ?? '') : text);
  if (era < 1.6) return { value, env_var: reference ? text : '', from_env: reference };
  const type = !reference ? 'plain_text' : text.startsWith('env.') ? 'env' : 'vault';
  return { value, type, ...(reference && { ref: text }) };
}

/** A value as it is sent: a plain string, or either object form. */
export function unwire(value: unknown): string {
  if (typeof value === 'string') return value;
  const { value: text, env_var, ref } = (value ?? {}) as Record<string, unknown>;
  return String(ref || env_var || text || '');
}
