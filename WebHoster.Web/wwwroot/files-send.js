// One file's way to the machine. An upload is { file, path, folder, made, replace, end }: made are the folders below folder that are there by now.
const pieceSize = 8 << 20;
const tries = 8;

const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window: no resuming after a reload */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* as above */ } },
};

const newId = () => ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, c => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
const keyOf = (base, { path, file }) => `upload ${base} ${path} ${file.size} ${file.lastModified}`;
const whereOf = ({ path, id }) => `path=${encodeURIComponent(path)}&upload=${id}`;

export const pause = (ms, signal) => new Promise(resolve => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});

export const parse = text => { try { return JSON.parse(text); } catch { return {}; } };

const refused = (status, answer) => Object.assign(new Error(answer.message ?? ''), { status });

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

async function makeFolders(base, { path, folder, made, end }) {
  for (let at = folder.length; (at = path.indexOf('/', at + 1)) > 0;) {
    const wanted = path.slice(0, at);
    if (made.has(wanted)) continue;
    const answer = await fetch(`${base}/folders`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ path: wanted }), signal: end.signal,
    });
    // A conflict: it is there already. Where that is not why, the file itself is refused, in better words.
    if (!answer.ok && answer.status !== 409) throw refused(answer.status, parse(await answer.text()));
    made.add(wanted);
  }
}

async function askReceived(base, upload) {
  const asked = await fetch(`${base}/upload?${whereOf(upload)}`, { signal: upload.end.signal });
  const told = parse(await asked.text());
  if (!asked.ok) throw refused(asked.status, told);
  const received = Math.min(told.data.received, upload.file.size);
  // All of it but its last step: the last byte again.
  return received > 0 && received === upload.file.size ? received - 1 : received;
}

export async function abandon(base, upload) {
  const key = keyOf(base, upload);
  upload.id ??= store.get(key);
  store.drop(key);
  if (upload.id) await fetch(`${base}/upload?${whereOf(upload)}`, { method: 'DELETE' }).catch(() => {});
}

// Piece by piece; after a break it asks how much has arrived and goes on from there. Gives { outcome, message }.
export async function send(base, upload, onProgress) {
  const { path, file, replace, end: { signal } } = upload;
  const key = keyOf(base, upload);
  upload.id ??= store.get(key);
  // Of what was never begun nothing has arrived.
  let offset = upload.id ? null : 0;
  upload.id ??= newId();
  store.set(key, upload.id);
  const headers = { 'Content-Type': 'application/octet-stream' };
  if (!replace) headers['If-None-Match'] = '*';
  for (let failed = 0; ;) {
    if (signal.aborted) {
      await abandon(base, upload);
      return { outcome: 'cancelled' };
    }
    try {
      await makeFolders(base, upload);
      offset ??= await askReceived(base, upload);
      const end = Math.min(offset + pieceSize, file.size);
      const range = file.size > 0 ? { 'Content-Range': `bytes ${offset}-${end - 1}/${file.size}` } : {};
      const from = offset;
      const { status, answer } = await put(`${base}/content?${whereOf(upload)}`, { ...headers, ...range }, file.slice(offset, end), signal, sent => onProgress(from + sent));
      if (status === 412) return { outcome: 'exists' };
      if (status !== 200) throw refused(status, answer);
      failed = 0;
      offset = answer.data.received;
      onProgress(offset);
      if (answer.data.file) {
        store.drop(key);
        return { outcome: 'done' };
      }
    } catch (error) {
      if (signal.aborted) continue;
      // A file that was moved away looks like a lost connection.
      if (!error.status && !await file.slice(0, 1).arrayBuffer().catch(() => null)) return { outcome: 'failed', message: 'unreadable' };
      const hopeless = error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
      if (hopeless || ++failed > tries) return { outcome: 'failed', message: error.status ? error.message : '' };
      offset = null;
      await pause(Math.min(15_000, 500 * 2 ** failed), signal);
    }
  }
}
