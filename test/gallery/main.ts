import '../../src-renderer/styles/base.css';
import '../../src-renderer/styles/controls.css';
import '../../src-renderer/styles/jacks.css';
import '../../src-renderer/styles/lights.css';
import '../../src-renderer/styles/overlays.css';
import './gallery.css';
import { mount } from 'svelte';
import { LOST_SECRET } from './example-values.js';
import Gallery from './Gallery.svelte';
import { catalog } from '../../src-renderer/state/catalog.svelte.js';

catalog.lostSecrets = new Set([LOST_SECRET]);
const target = document.getElementById('app');
if (target) mount(Gallery, { target });
