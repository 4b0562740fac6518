import './styles/base.css';
import './styles/controls.css';
import './styles/jacks.css';
import './styles/lights.css';
import './styles/overlays.css';
import { loadLanguage } from './locales/load-language.js';

void loadLanguage()
  .then(() => import('./start.js'))
  .then(({ start }) => start());
