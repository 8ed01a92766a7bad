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
    button.title = shown ? button.dataset.hide : button.dataset.show;
    button.setAttribute('aria-label', button.title);
    input.focus();
  };

  // The button goes with what it ends, and would take the focus along.
  const focusHeading = button => {
    const heading = button.closest('section')?.querySelector('h2') ?? document.querySelector('h1');
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus();
  };

  document.addEventListener('click', event => {
    const button = event.target.closest('[data-copy],[data-download],[data-reveal],[data-reload],[data-sure]');
    for (const menu of document.querySelectorAll('details.menu[open]'))
      if (!menu.contains(event.target)) menu.open = false;
    if (!button) return;
    if (button.dataset.copy !== undefined) copy(button.dataset.copy).then(() => { flash(button); announce(button.dataset.doneWords); });
    if (button.dataset.download) { download(button.dataset.download, button.dataset.text); flash(button); }
    if (button.dataset.reveal) reveal(button);
    if (button.dataset.reload !== undefined) location.reload();
    if (button.dataset.sure !== undefined) focusHeading(button);
  });

  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    for (const menu of document.querySelectorAll('details.menu[open]')) { menu.open = false; menu.querySelector('summary').focus(); }
  });

  document.addEventListener('input', event => {
    for (const mirror of document.querySelectorAll(`[data-mirror="${event.target.id}"]`))
      mirror.textContent = event.target.value.trim().toLowerCase() || mirror.dataset.empty;
  });

  // One submit per form: a second click while the first is on its way does nothing.
  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.method !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'true';
  });
  // Who stays after all, asked whether to leave what is unsaved, can send it again.
  addEventListener('beforeunload', event => setTimeout(() => {
    if (event.defaultPrevented) for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  }));
  // An announcement is put away without leaving the page; without scripts the form comes back to it.
  document.addEventListener('submit', event => {
    const form = event.target.closest('form[data-dismiss]');
    if (!form) return;
    event.preventDefault();
    fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' })
      .then(() => form.closest('[data-announcement]').remove(), () => delete form.dataset.sent);
  });

  // What everybody is told while a page is open: what is new comes over its lower edge, so that nothing moves under a reader's hands.
  // The first look is that of the page itself; Blazor makes the element anew when its circuit stands.
  let shown;
  customElements.define('wh-told', class extends HTMLElement {
    static observedAttributes = ['look'];
    attributeChangedCallback(name, before, look) {
      if (shown !== undefined && shown !== look) this.show(look);
      shown = look;
    }
    async show(look) {
      const answer = await fetch('/announcements').catch(() => null);
      if (!answer?.ok || look !== shown) return;
      const told = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelectorAll('[data-announcement]');
      const now = new Map([...told].map(one => [one.dataset.announcement, one]));
      for (const one of document.querySelectorAll('[data-announcement]')) {
        const next = now.get(one.dataset.announcement);
        next ? one.replaceWith(next) : one.remove();
        now.delete(one.dataset.announcement);
      }
      document.querySelector('.told--late').append(...now.values());
    }
  });

  // A busy button is disabled, which takes the focus from it: it is given back once the button can be pressed again.
  let busy;
  new MutationObserver(changes => {
    for (const { target } of changes) {
      if (target.disabled && target === document.activeElement) busy = target;
      else if (target === busy && !target.disabled) {
        if (document.activeElement === document.body) target.focus({ preventScroll: true });
        busy = undefined;
      }
    }
  }).observe(document.documentElement, { subtree: true, attributeFilter: ['disabled'] });

  // A grid's filters: a choice is sent at once, and what is empty stays out of the address.
  document.addEventListener('submit', event => {
    if (event.target.matches('form[data-grid]'))
      for (const field of event.target.elements) field.disabled = field.name !== '' && field.value === '';
  });
  document.addEventListener('change', event => {
    if (event.target.matches('form[data-grid] select')) event.target.form.requestSubmit();
  });
  addEventListener('pageshow', () => { for (const field of document.querySelectorAll('form[data-grid] :disabled')) field.disabled = false; });
  addEventListener('pageshow', () => { for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent; });

  // Words and formats are those of the page's language; where the browser speaks it too, those of its region.
  const root = document.documentElement;
  const locale = navigator.languages.find(l => l.split('-')[0] === root.lang) ?? root.lang;
  const fill = (words, ...values) => words.replace(/\{(\d)\}/g, (_, n) => values[n]);

  // An element that writes its text itself, beside what the server rendered: Blazor's own nodes are never touched.
  class Spoken extends HTMLElement {
    static observedAttributes = ['since', 'at', 'look'];
    connectedCallback() {
      if (this.tick) this.timer = setInterval(() => this.show(), this.tick);
      this.show();
    }
    disconnectedCallback() { clearInterval(this.timer); }
    attributeChangedCallback() { if (this.isConnected) this.show(); }
    show() {
      this.shadow ??= this.attachShadow({ mode: 'open' });
      this.shadow.textContent = this.text();
    }
  }

  // Seconds since a moment, counted here so that the server need not send every tick.
  customElements.define('wh-elapsed', class extends Spoken {
    tick = 1000;
    text() {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(this.getAttribute('since'))) / 1000));
      return seconds < 60 ? fill(root.dataset.seconds, seconds) : fill(root.dataset.minutes, Math.floor(seconds / 60), seconds % 60);
    }
  });

  const looks = {
    moment: { dateStyle: 'medium', timeStyle: 'short' },
    day: { dateStyle: 'medium' },
    clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  };
  const steps = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]];

  // A moment in this person's time zone.
  customElements.define('wh-time', class extends Spoken {
    tick = 30000;
    text() {
      const at = new Date(this.getAttribute('at'));
      const look = this.getAttribute('look');
      this.title = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(at);
      if (look !== 'ago') return new Intl.DateTimeFormat(locale, looks[look] ?? looks.moment).format(at);
      const past = Math.min(0, (at - Date.now()) / 1000);
      const [unit, size] = steps.find(([, length]) => -past >= length) ?? ['second', 1];
      const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
      return unit === 'second' ? words.format(0, 'second') : words.format(Math.ceil(past / size), unit);
    }
  });

  // A page without a circuit needs nothing of what follows.
  if (!window.Blazor) return;

  // The circuit: try every two seconds while the server is away; where it has forgotten the circuit, load the page anew.
  const notice = document.getElementById('components-reconnect-modal');
  const back = document.getElementById('reconnected');
  let wasLost = false;
  const sayBack = () => {
    back.textContent = back.dataset.words;
    back.dataset.shown = 'true';
    setTimeout(() => { delete back.dataset.shown; back.textContent = ''; }, 3000);
  };
  new MutationObserver(() => {
    if (/components-reconnect-(rejected|failed)/.test(notice.className)) return location.reload();
    const lost = /components-reconnect-(show|retrying)/.test(notice.className);
    if (wasLost && !lost) sayBack();
    wasLost = lost;
  }).observe(notice, { attributes: true, attributeFilter: ['class'] });
  // How it went stands at the top, and whoever asked for it may be at the bottom.
  new MutationObserver(changes => {
    for (const node of changes.flatMap(c => [...c.addedNodes])) {
      if (node.nodeType === Node.ELEMENT_NODE) (node.matches('[data-told]') ? node : node.querySelector('[data-told]'))?.scrollIntoView({ block: 'nearest' });
    }
  }).observe(document.body, { childList: true, subtree: true });
  // The server says something every five seconds: a line that is silent for longer than this is cut, even where nobody said so.
  const configureSignalR = builder => builder.withServerTimeout(12000).withKeepAliveInterval(5000);
  // Blazor says farewell at "unload", which browsers give up: at "pagehide" then.
  const listen = window.addEventListener;
  window.addEventListener = (type, ...rest) => listen.call(window, type === 'unload' ? 'pagehide' : type, ...rest);
  Blazor.start({ circuit: { configureSignalR, reconnectionOptions: { maxRetries: 1e6, retryIntervalMilliseconds: 2000 } } });
})();
