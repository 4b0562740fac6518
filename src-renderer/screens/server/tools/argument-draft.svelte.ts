import { faultsOf, type Faults } from '../../../components/schema-form/schema-faults.js';
import { startArguments } from '../../../components/schema-form/schema-values.js';
import type { Mark } from '../json/codemirror.js';
import { readJson } from '../json/json-text.js';

type Arguments = Record<string, unknown>;

/** The arguments of one tool while they are filled in: one value, seen as a form or as JSON. */
export class ArgumentDraft {
  view = $state<'form' | 'json'>('form');
  value = $state.raw<Arguments>({});
  /** What the JSON view shows; between two whole values it holds what is being typed. */
  text = $state('{}');
  marks = $state.raw<readonly Mark[]>([]);
  /** Faults are told once a call was tried, and from then on while they are being mended. */
  tried = $state(false);
  readonly #schema: Arguments;

  constructor(schema: Arguments) {
    this.#schema = schema;
    this.reset();
  }

  get schema(): Arguments {
    return this.#schema;
  }

  /** Not kept as `$derived`, which would hold on to the view that first asked, and a draft outlives its views. */
  get faults(): Faults {
    return faultsOf(this.#schema, this.value);
  }

  /** The JSON cannot be read as it stands. */
  get isBroken(): boolean {
    return this.marks.length > 0;
  }

  /** The form changed something. */
  edit(value: Arguments): void {
    this.value = value;
    this.text = JSON.stringify(value, null, 2);
    this.marks = [];
  }

  /** The JSON view changed something. What is no object yet leaves the value as it was. */
  editText(text: string): void {
    this.text = text;
    const { value, marks } = readJson(text.trim() === '' ? '{}' : text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.marks =
      marks.length > 0 || isObject
        ? marks
        : [{ from: 0, to: text.length, message: 'Arguments are an object: { … }' }];
    if (this.marks.length === 0) this.value = value as Arguments;
  }

  reset(): void {
    this.edit(startArguments(this.#schema));
    this.tried = false;
  }
}
