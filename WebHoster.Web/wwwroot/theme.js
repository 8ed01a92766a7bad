// Light, dark or as the system says; remembered in this browser. Runs before the first paint.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const choices = ['system', 'light', 'dark'];
  const stored = () => {
    try { return choices.find(c => c === localStorage.getItem('theme')) ?? 'system'; } catch { return 'system'; }
  };
  let choice = stored();

  const apply = () => {
    const dark = choice === 'dark' || (choice === 'system' && system.matches);
    root.dataset.theme = dark ? 'dark' : 'light';
    root.dataset.themeChoice = choice;
    if (document.readyState !== 'loading')
      for (const link of document.querySelectorAll('link[data-theme-css]'))
        link.media = (link.dataset.themeCss === 'dark') === dark ? 'all' : 'not all';
    for (const button of document.querySelectorAll('[data-theme-toggle]')) {
      button.title = button.dataset[choice];
      button.setAttribute('aria-label', button.title);
    }
  };

  apply();
  document.addEventListener('DOMContentLoaded', apply);
  system.addEventListener('change', apply);
  addEventListener('storage', () => { choice = stored(); apply(); });
  document.addEventListener('click', event => {
    if (!event.target.closest('[data-theme-toggle]')) return;
    choice = choices[(choices.indexOf(choice) + 1) % choices.length];
    try { localStorage.setItem('theme', choice); } catch { /* private window: this page only */ }
    apply();
  });
})();
