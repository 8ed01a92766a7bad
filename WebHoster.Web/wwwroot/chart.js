// What a hosting's page needs from the browser itself.
(() => {
  // On a phone not all tabs fit: the open one is in sight.
  customElements.define('wh-tabs', class extends HTMLElement {
    connectedCallback() {
      requestAnimationFrame(() => {
        const [tabs, open] = [this.querySelector('.tabs'), this.querySelector('[aria-current]')];
        if (tabs && open) tabs.scrollLeft = open.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - open.offsetWidth) / 2;
      });
    }
  });

  // The value under the pointer, beside what the server has drawn. It stands over the chart and never touches its nodes.
  const locale = () => navigator.languages.find(l => l.split('-')[0] === document.documentElement.lang) ?? document.documentElement.lang;
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { position: absolute; inset: 0; touch-action: pan-y; }
    .line { position: absolute; inset-block: 0; width: 1px; background: var(--line-strong); pointer-events: none; }
    .tip { position: absolute; top: 8px; padding: 8px 11px; border-radius: 9px; background: var(--card); border: 1px solid var(--line-strong); box-shadow: var(--shadow-big);
      font: 500 .8125rem/1.45 var(--font); color: var(--ink); white-space: nowrap; pointer-events: none; z-index: 1; }
    .tip time { display: block; color: var(--ink-2); }
    .tip b { font-weight: 650; font-variant-numeric: tabular-nums; }
    [hidden] { display: none; }`);

  const number = (value, digits) => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
  const bytes = value => {
    const units = ['B', 'KB', 'MB', 'GB', 'TB'];
    let unit = 0;
    for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1024;
    return `${number(value, unit > 0 && value < 9.95 ? 1 : 0)} ${units[unit]}`;
  };

  customElements.define('wh-chart', class extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const shadow = this.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = [style];
      this.line = Object.assign(document.createElement('div'), { className: 'line', hidden: true });
      this.tip = Object.assign(document.createElement('div'), { className: 'tip', hidden: true });
      shadow.append(this.line, this.tip);
      this.addEventListener('pointermove', event => this.show(event.clientX));
      this.addEventListener('pointerdown', event => this.show(event.clientX));
      this.addEventListener('pointerleave', () => this.line.hidden = this.tip.hidden = true);
    }

    text(value) {
      if (this.getAttribute('unit') === 'percent') return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(value / 100);
      if (this.getAttribute('unit') === 'count') return number(value, 0);
      return this.getAttribute('unit') === 'bytes' ? bytes(value) : this.getAttribute('rate').replace('{0}', bytes(value));
    }

    show(clientX) {
      const box = this.getBoundingClientRect();
      const [from, to, step] = ['from', 'to', 'step'].map(name => Number(this.getAttribute(name)));
      const at = from + Math.min(1, Math.max(0, (clientX - box.left) / box.width)) * (to - from);
      const names = this.getAttribute('names').split('|');
      const found = this.getAttribute('values').split('|').map((text, i) => {
        const [start, ...values] = text.split(',');
        const value = values[Math.round((at - Number(start)) / step)];
        return value ? { name: names[i], value: Number(value), at: Number(start) + Math.round((at - Number(start)) / step) * step } : null;
      }).filter(Boolean);
      this.line.hidden = this.tip.hidden = found.length === 0;
      if (!found.length) return;
      const x = (found[0].at - from) / (to - from) * box.width;
      this.line.style.left = `${x}px`;
      const time = Object.assign(document.createElement('time'), {
        textContent: new Intl.DateTimeFormat(locale(), { weekday: to - from > 90000 ? 'short' : undefined, hour: '2-digit', minute: '2-digit', second: step < 60 ? '2-digit' : undefined }).format(new Date(found[0].at * 1000)),
      });
      this.tip.replaceChildren(time, ...found.map(({ name, value }) => {
        const row = document.createElement('div');
        row.append(`${name} `, Object.assign(document.createElement('b'), { textContent: this.text(value) }));
        return row;
      }));
      const room = box.width - this.tip.offsetWidth;
      this.tip.style.left = `${Math.min(room, Math.max(0, x + (x > box.width / 2 ? -this.tip.offsetWidth - 12 : 12)))}px`;
    }
  });
})();
