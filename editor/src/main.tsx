import '@fontsource-variable/inter/wght.css';
import './ui/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { restoreTheme } from './state/theme.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element with the id “root”.');

restoreTheme();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
