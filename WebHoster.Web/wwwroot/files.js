// Uploads and the editor of the files panel. What is said in words is the page's business.
const pieceSize = 8 << 20;
const tries = 8;
const idOf = (base, path, file) => `upload ${base} ${path} ${file.size} ${file.lastModified}`;

const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window: no resuming after a reload */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* as above */ } },
};

const newId = () => ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, c => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

const pause = (ms, signal) => new Promise(resolve => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});

// XMLHttpRequest, because fetch tells nothing of how far an upload is.
const put = (url, headers, body, signal, onProgress) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open('PUT', url);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.onprogress = event => onProgress(event.loaded);
  request.onload = () => resolve({ status: request.status, answer: parse(request.responseText) });
  request.onerror = request.ontimeout = () => reject(new Error('network'));
  request.onabort = () => reject(new Error('aborted'));
  signal.addEventListener('abort', () => request.abort(), { once: true });
  request.send(body);
});

const parse = text => { try { return JSON.parse(text); } catch { return {}; } };

// Piece by piece; after a break it asks how much has arrived and goes on from there. Gives { outcome, message }.
async function send(base, path, file, replace, signal, onProgress) {
  const key = idOf(base, path, file);
  const id = store.get(key) ?? newId();
  store.set(key, id);
  const where = `path=${encodeURIComponent(path)}&upload=${id}`;
  const headers = { 'Content-Type': 'application/octet-stream' };
  if (!replace) headers['If-None-Match'] = '*';
  let offset = null;
  for (let failed = 0; ;) {
    if (signal.aborted) {
      store.drop(key);
      await fetch(`${base}/upload?${where}`, { method: 'DELETE' }).catch(() => {});
      return { outcome: 'cancelled' };
    }
    try {
      if (offset === null) {
        const asked = await fetch(`${base}/upload?${where}`, { signal });
        const told = parse(await asked.text());
        if (!asked.ok) throw Object.assign(new Error(told.message), { status: asked.status });
        offset = Math.min(told.data.received, file.size);
        // All of it but its last step: the last byte again.
        if (offset === file.size && offset > 0) offset--;
      }
      const end = Math.min(offset + pieceSize, file.size);
      const range = file.size > 0 ? { 'Content-Range': `bytes ${offset}-${end - 1}/${file.size}` } : {};
      const from = offset;
      const { status, answer } = await put(`${base}/content?${where}`, { ...headers, ...range }, file.slice(offset, end), signal, sent => onProgress(from + sent));
      if (status === 412) return { outcome: 'exists' };
      if (status !== 200) throw Object.assign(new Error(answer.message), { status });
      failed = 0;
      offset = answer.data.received;
      onProgress(offset);
      if (answer.data.file) {
        store.drop(key);
        return { outcome: 'done' };
      }
    } catch (error) {
      if (signal.aborted) continue;
      const hopeless = error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
      if (hopeless || ++failed > tries) return { outcome: 'failed', message: error.status ? error.message : '' };
      offset = null;
      await pause(Math.min(15_000, 500 * 2 ** failed), signal);
    }
  }
}

class Files {
  constructor(root, page, base) {
    Object.assign(this, { root, page, base, uploads: new Map(), queue: Promise.resolve(), count: 0, over: 0 });
    this.listeners = new AbortController();
    const on = (target, type, act) => target.addEventListener(type, act, { signal: this.listeners.signal });
    const brings = event => event.dataTransfer?.types.includes('Files');
    on(root, 'dragenter', event => { if (brings(event)) { this.over++; root.dataset.drop = ''; } });
    on(root, 'dragleave', event => { if (brings(event) && --this.over <= 0) this.endDrag(); });
    on(root, 'dragover', event => { if (brings(event)) event.preventDefault(); });
    on(root, 'drop', event => {
      if (!brings(event)) return;
      event.preventDefault();
      this.endDrag();
      this.add(event.dataTransfer.files);
    });
    on(root, 'change', event => {
      if (event.target.type !== 'file') return;
      this.add(event.target.files);
      event.target.value = '';
    });
    on(window, 'beforeunload', event => { if ([...this.uploads.values()].some(u => u.runs) || this.isChanged()) event.preventDefault(); });
  }

  endDrag() { this.over = 0; delete this.root.dataset.drop; }

  chooseFiles() { this.root.querySelector('input[type=file]').click(); }

  async add(files) {
    const folder = this.root.dataset.path;
    // A copy: the list of a file input is emptied with it.
    for (const file of [...files]) {
      const key = String(++this.count);
      this.uploads.set(key, { file, path: `${folder === '/' ? '' : folder}/${file.name}` });
      await this.page.invokeMethodAsync('UploadAdded', key, file.name, file.size);
      this.start(key, false);
    }
  }

  // One after the other: two at once would only be slower each.
  start(key, replace) {
    const upload = this.uploads.get(key);
    Object.assign(upload, { runs: true, end: new AbortController() });
    this.queue = this.queue.then(async () => {
      const { outcome, message } = await send(this.base, upload.path, upload.file, replace, upload.end.signal, sent => this.show(key, sent));
      upload.runs = false;
      await this.page.invokeMethodAsync('UploadEnded', key, outcome, message ?? '').catch(() => {});
    });
  }

  cancel(key) { this.uploads.get(key)?.end?.abort(); }

  // Here and not by the page: it would cross the network several times a second.
  show(key, sent) {
    const row = this.root.querySelector(`[data-upload="${key}"]`);
    if (!row) return;
    const size = this.uploads.get(key).file.size;
    const part = size > 0 ? sent / size : 1;
    row.querySelector('progress').value = part;
    row.querySelector('[data-percent]').textContent = new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' }).format(Math.floor(part * 100) / 100);
  }

  // The editor. Gives '' or what went wrong: 'binary', 'gone', or a sentence.
  async load(path) {
    const response = await fetch(`${this.base}/content?path=${encodeURIComponent(path)}`);
    if (!response.ok) return parse(await response.text()).message ?? 'gone';
    let text;
    try { text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await response.arrayBuffer()); } catch { return 'binary'; }
    if (text.includes('\0')) return 'binary';
    const area = this.area = this.root.querySelector('.editor textarea');
    // A text area knows one kind of line end: the file keeps its own.
    this.crlf = /\r\n/.test(text) && !/[^\r]\n/.test(text);
    this.tag = response.headers.get('ETag');
    area.value = text;
    this.saved = area.value;
    area.onkeydown = event => this.key(event);
    area.setSelectionRange(0, 0);
    area.focus();
    return '';
  }

  async save(path, overwrite) {
    const value = this.area.value;
    const body = new Blob([this.crlf ? value.replaceAll('\n', '\r\n') : value]);
    const headers = { 'Content-Type': 'application/octet-stream', ...(overwrite ? {} : { 'If-Match': this.tag }) };
    let response;
    try { response = await fetch(`${this.base}/content?path=${encodeURIComponent(path)}`, { method: 'PUT', headers, body }); } catch { return 'network'; }
    const answer = parse(await response.text());
    if (response.status === 412) return 'changed';
    if (!response.ok) return answer.message ?? 'network';
    this.tag = `"${answer.data.file.tag}"`;
    this.saved = value;
    return '';
  }

  isChanged() { return !!this.area?.isConnected && this.area.value !== this.saved; }

  key(event) {
    const area = event.target;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault();
      this.page.invokeMethodAsync('SaveAsync');
    } else if (event.key === 'Escape') {
      this.leaves = true; // the next Tab leaves the editor, for those without a mouse
    } else if (event.key === 'Tab' && !event.ctrlKey && !event.altKey && !this.leaves) {
      event.preventDefault();
      this.indent(area, event.shiftKey);
    } else if (event.key !== 'Shift') {
      this.leaves = false;
    }
  }

  // By insertText, so that it can be undone.
  indent(area, back) {
    const { selectionStart: from, selectionEnd: to, value } = area;
    const start = value.lastIndexOf('\n', from - 1) + 1;
    const lines = value.slice(start, to);
    if (!back && !value.slice(from, to).includes('\n')) {
      document.execCommand('insertText', false, '\t');
      return;
    }
    const changed = back ? lines.replace(/^(\t| {1,4})/gm, '') : lines.replace(/^/gm, '\t');
    if (changed === lines) return;
    area.setSelectionRange(start, to);
    document.execCommand('insertText', false, changed);
    area.setSelectionRange(start, start + changed.length);
  }

  close() {
    this.listeners.abort();
    for (const upload of this.uploads.values()) upload.end?.abort();
  }
}

export const open = (root, page, base) => new Files(root, page, base);
