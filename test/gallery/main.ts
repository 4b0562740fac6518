import '../../src-renderer/styles/base.css';
import '../../src-renderer/styles/controls.css';
import '../../src-renderer/styles/jacks.css';
import '../../src-renderer/styles/lights.css';
import '../../src-renderer/styles/overlays.css';
import './gallery.css';
import { mount } from 'svelte';
import { exampleHost } from './example-host.js';
import Gallery from './Gallery.svelte';
import { startSession } from '../../src-renderer/state/session.js';

startSession(exampleHost());
const target = document.getElementById('app');
if (target) mount(Gallery, { target });
