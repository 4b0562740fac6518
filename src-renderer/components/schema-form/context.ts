import { getContext, setContext } from 'svelte';
import type { Faults } from './schema-faults.js';
import type { JsonSchema } from './schema-shape.js';

/** What every field of one form shares. Both are read reactively. */
export type FormContext = { readonly root: JsonSchema; readonly faults: Faults };

const KEY = Symbol('schema form');

export const shareForm = (form: FormContext): void => void setContext(KEY, form);
export const sharedForm = (): FormContext => getContext<FormContext>(KEY);

/** What each kind of field is given. `undefined` as a value means: left out. */
export type FieldProps = {
  schema: JsonSchema;
  value: unknown;
  onchange: (value: unknown) => void;
  label: string;
  required: boolean;
  /** JSON pointer of this field within the value. */
  at: string;
  depth?: number;
  /** The label is said to screen readers only (items of a list). */
  hideLabel?: boolean;
};
