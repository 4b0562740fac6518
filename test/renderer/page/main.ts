import '../../../src-renderer/styles/base.css';
import '../../../src-renderer/styles/controls.css';
import '../../../src-renderer/styles/overlays.css';
import { mount } from 'svelte';
import App from '../../../src-renderer/App.svelte';
import { startSession } from '../../../src-renderer/state/session.js';
import { FakeHost, fakeServer } from '../fake-host.js';
import { fullHost } from './seed.js';

// The window over a host in memory: `?host=full` (default), `empty`, `many`. `window.host` drives it from a test.
const wanted = new URLSearchParams(window.location.search).get('host') ?? 'full';
const host = wanted === 'empty' ? new FakeHost() : fullHost();
if (wanted === 'many') {
  for (let index = 0; index < 2_000; index += 1)
    host.snapshot.servers.push(fakeServer({ name: `server ${index}` }));
}
Object.assign(window, { host });
startSession(host);
mount(App, { target: document.getElementById('app') as HTMLElement });
