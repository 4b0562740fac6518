/** One expression of an RFC 6570 template: `{+path}`, `{?q,lang}`, `{id}`. */
type Expression = { operator: string; names: { name: string; explode: boolean }[] };

const OPERATORS: Record<string, { first: string; between: string; named: boolean; reserved: boolean }> = {
  '': { first: '', between: ',', named: false, reserved: false },
  '+': { first: '', between: ',', named: false, reserved: true },
  '#': { first: '#', between: ',', named: false, reserved: true },
  '.': { first: '.', between: '.', named: false, reserved: false },
  '/': { first: '/', between: '/', named: false, reserved: false },
  ';': { first: ';', between: ';', named: true, reserved: false },
  '?': { first: '?', between: '&', named: true, reserved: false },
  '&': { first: '&', between: '&', named: true, reserved: false },
};

const EXPRESSION = /\{([+#./;?&]?)([^{}]+)\}/g;

function read(operator: string, list: string): Expression {
  const names = list.split(',').map((part) => {
    const name = part.trim().replace(/\*$|:\d+$/, '');
    return { name, explode: part.trim().endsWith('*') };
  });
  return { operator, names };
}

/** The variables of a template, each once, in their order. */
export function templateVariables(template: string): string[] {
  const names = [...template.matchAll(EXPRESSION)].flatMap(([, operator = '', list = '']) =>
    read(operator, list).names.map(({ name }) => name),
  );
  return [...new Set(names)];
}

const strict = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
/** Reserved characters stay as they are, and so does what is encoded already. */
const loose = (text: string): string =>
  encodeURI(text)
    .replace(/%25([0-9A-Fa-f]{2})/g, '%$1')
    .replace(/%5B/g, '[')
    .replace(/%5D/g, ']');

/** The address a template makes of plain values (RFC 6570, levels 1 to 3). A variable without a value falls out. */
export function expandTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(EXPRESSION, (_whole, operator: string, list: string) => {
    const { first, between, named, reserved } = OPERATORS[operator] ?? {
      first: '',
      between: ',',
      named: false,
      reserved: false,
    };
    const encode = reserved ? loose : strict;
    const parts = read(operator, list)
      .names.filter(({ name }) => (values[name] ?? '') !== '')
      .map(({ name }) => (named ? `${name}=${encode(values[name] ?? '')}` : encode(values[name] ?? '')));
    return parts.length === 0 ? '' : first + parts.join(between);
  });
}
