// <wh-console src="/streams/console/…">: a terminal on a machine's serial line. What it says in words comes from the page.
import { FitAddon } from './lib/xterm-addon-fit/addon-fit.mjs';
import { Terminal } from './lib/xterm/xterm.mjs';

const styles = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: 'lib/xterm/xterm.css' });
document.head.append(styles);

const longestPause = 10_000;
const keys = { tab: '\t', escape: '\x1b', interrupt: '\x03', up: '\x1b[A' };

class Console extends HTMLElement {
  connectedCallback() {
    if (this.terminal) return;
    this.words = JSON.parse(this.getAttribute('words'));
    this.views = this.hasAttribute('view');
    this.tries = 0;
    this.terminal = new Terminal({
      fontFamily: getComputedStyle(this).getPropertyValue('--mono'), fontSize: 14, scrollback: 5000, cursorBlink: !this.views, disableStdin: this.views,
      theme: this.theme(), allowProposedApi: false, logLevel: 'off', // what a machine writes may be anything
    });
    this.fit = new FitAddon();
    this.terminal.loadAddon(this.fit);
    this.terminal.open(this.querySelector('.console__screen'));
    this.terminal.textarea?.setAttribute('aria-label', this.words.input);
    this.terminal.attachCustomKeyEventHandler(event => this.key(event));
    // Answers to questions that the back-scroll repeats must not be typed again.
    this.terminal.onData(text => { if (!this.past) this.type(text); });
    this.terminal.onBinary(text => { if (!this.past) this.send(Uint8Array.from(text, c => c.charCodeAt(0))); });
    this.addEventListener('click', event => this.press(event.target.closest('[data-console]')));
    this.themes = new MutationObserver(() => { this.terminal.options.theme = this.theme(); });
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    this.sizes = new ResizeObserver(() => this.measure());
    this.sizes.observe(this.querySelector('.console__screen'));
    this.connect();
  }

  disconnectedCallback() {
    this.gone = true;
    clearTimeout(this.again);
    clearTimeout(this.measured);
    this.sizes?.disconnect();
    this.themes?.disconnect();
    this.socket?.close();
    this.terminal?.dispose();
    document.body.classList.remove('console-is-full');
  }

  connect() {
    clearTimeout(this.again);
    this.show('connecting');
    const url = new URL(this.getAttribute('src'), location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = this.socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = message => {
      if (socket !== this.socket) return;
      if (typeof message.data === 'string') this.hear(JSON.parse(message.data).state);
      else this.terminal.write(new Uint8Array(message.data));
    };
    socket.onclose = close => { if (socket === this.socket && !this.gone) this.lose(close); };
  }

  hear(state) {
    this.tries = 0;
    if (state === 'connected') {
      this.past = true;
      this.terminal.reset();
    } else if (state === 'live') {
      this.terminal.write('', () => { this.past = false; });
      this.tellSize();
      this.show('connected');
    } else if (state === 'waiting') {
      this.show('waiting');
    }
  }

  lose(close) {
    if (close.code === 1008) { location.reload(); return; }
    if (close.code === 1000) {
      this.show('ended', this.words.reasons[close.reason] ?? close.reason);
      return;
    }
    this.show(this.tries > 0 ? 'away' : 'connecting');
    this.again = setTimeout(() => this.connect(), Math.min(longestPause, 500 * 2 ** this.tries++));
  }

  show(state, text = this.words[state]) {
    this.dataset.state = state;
    const words = this.querySelector('.console__words');
    if (words.textContent !== text) words.textContent = text;
  }

  type(text) { this.send(new TextEncoder().encode(text)); }

  send(data) {
    if (this.views) return;
    if (this.dataset.state === 'ended') this.connect();
    else if (this.socket.readyState === WebSocket.OPEN) this.socket.send(data);
  }

  measure() {
    clearTimeout(this.measured);
    this.measured = setTimeout(() => {
      if (!this.isConnected || !this.clientWidth) return;
      this.fit.fit();
      this.tellSize();
    }, 150);
  }

  // The guest's side of a serial line does not know the window's size unless it is told.
  tellSize() {
    const { cols: columns, rows } = this.terminal;
    if (!this.views && this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ columns, rows }));
  }

  // False for keys that are the page's.
  key(event) {
    if (event.type !== 'keydown') return true;
    const letter = event.key.toLowerCase();
    if (event.key === 'Tab' && event.shiftKey && !event.ctrlKey) return false; // leaves the terminal, for those without a mouse
    if ((event.ctrlKey && event.shiftKey || event.metaKey) && letter === 'c') { this.copy(); event.preventDefault(); return false; }
    if (event.ctrlKey && !event.shiftKey && letter === 'c' && this.terminal.hasSelection()) { this.copy(); this.terminal.clearSelection(); return false; }
    if (event.ctrlKey && event.shiftKey && letter === 'v') return false; // the browser pastes, and xterm.js hears of it
    return true;
  }

  press(button) {
    const what = button?.dataset.console;
    if (!what) return;
    if (what === 'copy') this.copy();
    else if (what === 'paste') this.paste();
    else if (what === 'full') this.toggleFull(button);
    else if (what === 'again') { this.tries = 0; this.connect(); }
    else if (keys[what]) this.type(keys[what]);
    if (what !== 'copy') this.terminal.focus();
  }

  // What is marked, or else everything.
  copy() {
    const marked = this.terminal.hasSelection();
    if (!marked) this.terminal.selectAll();
    const text = this.terminal.getSelection().trimEnd();
    if (!marked) this.terminal.clearSelection();
    if (navigator.clipboard) { navigator.clipboard.writeText(text).catch(() => {}); return; }
    const area = Object.assign(document.createElement('textarea'), { value: text, className: 'unseen' });
    this.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    this.terminal.focus();
  }

  // Without the permission, or over plain HTTP, only the keys paste.
  async paste() {
    try { this.terminal.paste(await navigator.clipboard.readText()); } catch { this.show(this.dataset.state, this.words.pasteByKeys); }
  }

  // Not the browser's full screen: there Escape would leave it instead of reaching the machine.
  toggleFull(button) {
    const full = this.classList.toggle('console--full');
    document.body.classList.toggle('console-is-full', full);
    button.setAttribute('aria-pressed', String(full));
    this.measure();
  }

  theme() {
    const look = getComputedStyle(this);
    const colour = name => look.getPropertyValue(`--term-${name}`).trim();
    return Object.fromEntries(['background', 'foreground', 'cursor', 'selectionBackground', 'black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white',
      'brightBlack', 'brightRed', 'brightGreen', 'brightYellow', 'brightBlue', 'brightMagenta', 'brightCyan', 'brightWhite'].map(name => [name, colour(name)]));
  }
}

customElements.get('wh-console') || customElements.define('wh-console', Console);
