import './styles/base.css';
import './styles/controls.css';
import './styles/jacks.css';
import './styles/overlays.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { transportForThisPage } from './rpc/connect.js';
import { startSession } from './state/session.js';
import { showRememberedTheme } from './state/theme.svelte.js';

showRememberedTheme();
startSession(transportForThisPage());

const target = document.getElementById('app');
if (target) mount(App, { target });
