import '../../../src-renderer/styles/base.css';
import '../../../src-renderer/styles/controls.css';
import '../../../src-renderer/styles/jacks.css';
import '../../../src-renderer/styles/lights.css';
import '../../../src-renderer/styles/overlays.css';
import { mount } from 'svelte';
import App from '../../../src-renderer/App.svelte';
import { startSession } from '../../../src-renderer/state/session.js';
import { FakeHost } from '../fake-host.js';
import { fullHost, grow } from './seed.js';

// The window over a host in memory: `?host=full` (default), `empty`, `huge`. `window.host` drives it from a test.
const wanted = new URLSearchParams(window.location.search).get('host') ?? 'full';
const host = wanted === 'empty' ? new FakeHost() : fullHost();
if (wanted === 'huge') grow(host, 10_000, 12);
Object.assign(window, { host });
startSession(host);
mount(App, { target: document.getElementById('app') as HTMLElement });
