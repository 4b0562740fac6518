import './styles/base.css';
import './styles/controls.css';
import './styles/jacks.css';
import './styles/lights.css';
import './styles/overlays.css';
import { loadLanguage } from './locales/load-language.js';
import { transportForThisPage } from './rpc/connect.js';
import { startEarly } from './rpc/early.js';

// All that the first page waits for is asked for at once: the host's answers, the texts and the window's own script.
const transport = startEarly(transportForThisPage(), ['app.info', 'app.snapshot', 'edit.list']);
void loadLanguage()
  .then(() => import('./start.js'))
  .then(({ start }) => start(transport));
