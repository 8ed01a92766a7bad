// Light, dark or as the system says; remembered in this browser. Runs before the first paint.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const names = { system: 'as the system', light: 'light', dark: 'dark' };
  const stored = () => {
    try { return names[localStorage.getItem('theme')] ? localStorage.getItem('theme') : 'system'; } catch { return 'system'; }
  };
  let choice = stored();

  const apply = () => {
    const dark = choice === 'dark' || (choice === 'system' && system.matches);
    root.dataset.theme = dark ? 'dark' : 'light';
    root.dataset.themeChoice = choice;
    for (const link of document.querySelectorAll('link[data-theme-css]'))
      link.media = (link.dataset.themeCss === 'dark') === dark ? 'all' : 'not all';
    for (const button of document.querySelectorAll('[data-theme-toggle]')) {
      button.title = `Theme: ${names[choice]}`;
      button.setAttribute('aria-label', button.title);
    }
  };

  apply();
  document.addEventListener('DOMContentLoaded', apply);
  system.addEventListener('change', apply);
  addEventListener('storage', () => { choice = stored(); apply(); });
  document.addEventListener('click', event => {
    if (!event.target.closest('[data-theme-toggle]')) return;
    const order = Object.keys(names);
    choice = order[(order.indexOf(choice) + 1) % order.length];
    try { localStorage.setItem('theme', choice); } catch { /* private window: this page only */ }
    apply();
  });
})();
