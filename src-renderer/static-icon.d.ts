import type { Icon } from './components/Icon.js';

/** What `@lucide/svelte/icons/…` is in this project, so that an icon is given no prop that its drawing does not take. */
declare const icon: Icon;
export default icon;
