// What pages need from the browser itself. Everything is by attribute, so that static and live pages work alike.
(() => {
  const flash = (button, ms = 1600) => {
    button.dataset.done = 'true';
    clearTimeout(button.flashTimer);
    button.flashTimer = setTimeout(() => delete button.dataset.done, ms);
  };

  const announce = text => {
    let live = document.getElementById('live-words');
    if (!live) {
      live = Object.assign(document.createElement('div'), { id: 'live-words', className: 'unseen' });
      live.setAttribute('aria-live', 'polite');
      document.body.append(live);
    }
    live.textContent = text;
  };

  // Plain HTTP on a host name has no navigator.clipboard.
  const copy = async text => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = Object.assign(document.createElement('textarea'), { value: text, className: 'unseen' });
    (document.querySelector('.rz-dialog') ?? document.body).append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  };

  const download = (name, text) => {
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([text])), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const reveal = button => {
    const input = document.getElementById(button.dataset.reveal);
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
    button.title = shown ? 'Hide password' : 'Show password';
    button.setAttribute('aria-label', button.title);
    input.focus();
  };

  document.addEventListener('click', event => {
    const button = event.target.closest('[data-copy],[data-download],[data-reveal],[data-reload]');
    for (const menu of document.querySelectorAll('details.menu[open]'))
      if (!menu.contains(event.target)) menu.open = false;
    if (!button) return;
    if (button.dataset.copy !== undefined) copy(button.dataset.copy).then(() => { flash(button); announce('Copied'); });
    if (button.dataset.download) { download(button.dataset.download, button.dataset.text); flash(button); }
    if (button.dataset.reveal) reveal(button);
    if (button.dataset.reload !== undefined) location.reload();
  });

  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    for (const menu of document.querySelectorAll('details.menu[open]')) { menu.open = false; menu.querySelector('summary').focus(); }
  });

  document.addEventListener('input', event => {
    for (const mirror of document.querySelectorAll(`[data-mirror="${event.target.id}"]`))
      mirror.textContent = event.target.value || mirror.dataset.empty;
  });

  // One submit per form: a second click while the first is on its way does nothing.
  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.method !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'true';
  });
  addEventListener('pageshow', () => { for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent; });

  // Seconds since a moment, counted here so that the server need not send every tick.
  customElements.define('wh-elapsed', class extends HTMLElement {
    static observedAttributes = ['since'];
    connectedCallback() {
      this.timer = setInterval(() => this.show(), 1000);
      this.show();
    }
    disconnectedCallback() { clearInterval(this.timer); }
    attributeChangedCallback() { this.show(); }
    show() {
      this.shadow ??= this.attachShadow({ mode: 'open' });
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(this.getAttribute('since'))) / 1000));
      this.shadow.textContent = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    }
  });

  // The circuit: try every two seconds while the server is away; where it has forgotten the circuit, load the page anew.
  const notice = document.getElementById('components-reconnect-modal');
  new MutationObserver(() => {
    if (/components-reconnect-(rejected|failed)/.test(notice.className)) location.reload();
  }).observe(notice, { attributes: true, attributeFilter: ['class'] });
  Blazor.start({ circuit: { reconnectionOptions: { maxRetries: 1e6, retryIntervalMilliseconds: 2000 } } });
})();
