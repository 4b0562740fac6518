import { formsOf } from './look-for.js';

/** `formsOf`, and those that memory, other encodings and escapes of escapes make of a value. */
export function allFormsOf(secret: string): Buffer[] {
  const utf8 = Buffer.from(secret);
  const texts = [
    ...formsOf(secret),
    utf8.toString('hex').toUpperCase(),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    [...secret].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    Buffer.from(secret, 'utf16le').toString('base64'),
    [...secret].reverse().join(''),
  ];
  // A base64 of something longer holds the value at one of three offsets; its inner part is then always the same.
  const inner = [0, 1, 2].map((pad) => {
    const text = Buffer.concat([Buffer.alloc(pad), utf8]).toString('base64');
    return text.slice(pad === 0 ? 0 : 4, Math.floor((text.length - 4) / 4) * 4);
  });
  const all = [...texts, ...inner].flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')]);
  return all.filter((form) => form.length >= 8);
}

/** Which of the secrets stand in these bytes, in whichever form. */
export function found(bytes: Buffer, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => allFormsOf(secret).some((form) => bytes.includes(form)))
    .map(([name]) => name);
}
