// The editor of the files panel. Its answers are '' or what went wrong: 'binary', 'gone', 'network', 'changed' or a sentence.
import { untilBack } from './circuit.js';
import { parse } from './files-send.js';

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) return { trouble: parse(await response.text()).message ?? 'gone' };
  const bytes = await response.arrayBuffer();
  let text = '\0';
  try { text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes); } catch { /* no text */ }
  return text.includes('\0') ? { trouble: 'binary' } : { text, tag: response.headers.get('ETag') };
}

export class Editor {
  constructor(root, page, base) {
    Object.assign(this, { root, page });
    this.addressOf = path => `${base}/content?path=${encodeURIComponent(path)}`;
  }

  load(path) { return this.answer(this.tryLoad(path)); }

  save(path, overwrite) { return this.answer(this.trySave(path, overwrite)); }

  async answer(work) {
    const trouble = await work.catch(() => 'network');
    await untilBack();
    return trouble;
  }

  async tryLoad(path) {
    const { trouble, text, tag } = await read(this.addressOf(path));
    if (trouble) return trouble;
    const area = this.area = this.root.querySelector('.editor textarea');
    // A text area knows one kind of line end: the file keeps its own.
    this.crlf = /\r\n/.test(text) && !/[^\r]\n/.test(text);
    this.tag = tag;
    area.value = text;
    this.saved = area.value;
    area.onkeydown = event => this.key(event);
    area.setSelectionRange(0, 0);
    area.focus();
    return '';
  }

  async trySave(path, overwrite) {
    const value = this.area.value;
    const text = this.crlf ? value.replaceAll('\n', '\r\n') : value;
    const headers = { 'Content-Type': 'application/octet-stream', ...(overwrite ? {} : { 'If-Match': this.tag }) };
    const response = await fetch(this.addressOf(path), { method: 'PUT', headers, body: new Blob([text]) });
    const answer = parse(await response.text());
    if (response.status === 412) {
      // By ourselves, where the answer to an earlier try was lost.
      const there = await read(this.addressOf(path));
      if (there.text !== text) return 'changed';
      this.tag = there.tag;
    } else if (response.ok) {
      this.tag = `"${answer.data.file.tag}"`;
    } else {
      return answer.message ?? 'network';
    }
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
}
