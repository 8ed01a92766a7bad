// The files panel: what is dropped on it, and the uploads, one after the other. What is said in words is the page's business.
import { isAway, onBack } from './circuit.js';
import { chosen, dropped, most } from './files-drop.js';
import { Editor } from './files-editor.js';
import { abandon, pause, send } from './files-send.js';

// Of rows that the page is told at once: a message to it has at most 32 KB.
const portion = 20;
const rowOf = ({ key, name, file, state, message }) => ({ key, name: [...name].slice(-200).join(''), size: file.size, state, message });

class Files {
  constructor(root, page, base) {
    Object.assign(this, { root, page, base, uploads: new Map(), changed: new Set(), count: 0, over: 0, round: 0 });
    this.editor = new Editor(root, page, base);
    this.listeners = new AbortController();
    const on = (target, type, act) => target.addEventListener(type, act, { signal: this.listeners.signal });
    const brings = event => event.dataTransfer?.types.includes('Files');
    on(root, 'dragenter', event => { if (brings(event) && ++this.over && root.dataset.path) root.dataset.drop = ''; });
    on(root, 'dragleave', event => { if (brings(event) && --this.over <= 0) this.endDrag(); });
    // Also where nothing can be uploaded: the browser would open the file instead of the page.
    on(root, 'dragover', event => { if (brings(event)) event.preventDefault(); });
    on(root, 'drop', event => {
      if (!brings(event)) return;
      event.preventDefault();
      this.endDrag();
      this.take(dropped(event.dataTransfer.items));
    });
    on(root, 'change', event => {
      if (event.target.type !== 'file') return;
      this.take(chosen(event.target.files));
      event.target.value = '';
    });
    on(window, 'beforeunload', event => { if (this.all('running', 'waiting').length > 0 || this.editor.isChanged()) event.preventDefault(); });
    // Another window may have changed what is in the folder.
    on(window, 'focus', () => this.say('Look'));
    on(document, 'visibilitychange', () => { if (!document.hidden) this.say('Look'); });
    this.stop = onBack(() => this.retell());
  }

  // A call that its connection was lost under never ends: whoever waits for it must be able to do without.
  async say(what, ...words) {
    try { if (!isAway()) await this.page.invokeMethodAsync(what, ...words); } catch { /* what matters is told again when it is back */ }
  }

  endDrag() { this.over = 0; delete this.root.dataset.drop; }

  choose(what) { this.root.querySelector(`input[data-choice=${what}]`).click(); }

  async take(bringing) {
    const folder = this.root.dataset.path;
    if (!folder) return this.say('Refuse', 'closed');
    const found = await Promise.resolve(bringing).catch(() => null);
    if (!found) return this.say('Refuse', 'unreadable');
    if (found.length === 0) return this.say('Refuse', 'empty');
    if (found.length > most) return this.say('Refuse', 'many');
    const made = new Set();
    for (const { file, name } of found) {
      const upload = { key: String(++this.count), file, name, folder, made, path: `${folder === '/' ? '' : folder}/${name}` };
      this.uploads.set(upload.key, upload);
      this.set(upload, 'waiting');
    }
    this.work();
  }

  all(...states) { return [...this.uploads.values()].filter(upload => states.includes(upload.state)); }

  set(upload, state, message = '') {
    Object.assign(upload, { state, message });
    this.changed.add(upload.key);
    this.tell();
  }

  // One after the other: two at once would only be slower each. Nothing here waits for the page, which may be away.
  async work() {
    if (this.works) return;
    this.works = true;
    for (let upload; ([upload] = this.all('waiting')) && upload;) {
      upload.end = new AbortController();
      this.set(upload, 'running');
      const { outcome, message } = await send(this.base, upload, sent => this.show(upload, sent)).catch(() => ({ outcome: 'failed' }));
      if (upload.state !== outcome) this.set(upload, outcome, message);
    }
    this.works = false;
  }

  goOn(keys) { this.again(keys, false); }

  replace(keys) { this.again(keys, true); }

  again(keys, replace) {
    for (const upload of this.named(keys)) this.set(Object.assign(upload, { replace, made: new Set() }), 'waiting');
    this.work();
  }

  cancel(keys) {
    for (const upload of this.named(keys)) {
      if (upload.state === 'running') upload.end.abort();
      else if (upload.state === 'waiting') abandon(this.base, upload);
      else continue;
      this.set(upload, 'cancelled');
    }
  }

  dismiss(keys) { for (const key of keys) this.uploads.delete(key); }

  named(keys) { return keys.map(key => this.uploads.get(key)).filter(upload => upload); }

  // What has changed since the page was last told, gathered for a moment.
  async tell() {
    if (this.tells || isAway()) return;
    const round = this.round;
    this.tells = true;
    await null;
    while (this.changed.size > 0 && round === this.round) {
      const keys = [...this.changed].slice(0, portion);
      for (const key of keys) this.changed.delete(key);
      await this.say('ShowUploads', this.named(keys).map(rowOf));
      if (keys.length < portion) await pause(200);
    }
    if (round === this.round) this.tells = false;
  }

  // The connection was lost and is back: what the page was told last may not have arrived.
  retell() {
    this.round++;
    this.tells = false;
    this.changed = new Set(this.uploads.keys());
    this.tell();
    this.say('Look');
  }

  // Here and not by the page: it would cross the network several times a second.
  show({ key, file }, sent) {
    const row = this.root.querySelector(`[data-upload="${key}"]`);
    if (!row?.querySelector('progress')) return;
    const part = file.size > 0 ? sent / file.size : 1;
    row.querySelector('progress').value = part;
    row.querySelector('[data-percent]').textContent = new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' }).format(Math.floor(part * 100) / 100);
  }

  close() {
    this.listeners.abort();
    this.stop();
    this.cancel([...this.uploads.keys()]);
  }
}

export const open = (root, page, base) => new Files(root, page, base);
