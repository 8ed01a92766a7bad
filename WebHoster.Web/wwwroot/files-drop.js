// What a drop or a choice brings: [{ file, name }], the name with the folders that were dropped.
export const most = 1000;

const entriesOf = async reader => {
  // A reader gives some at a time, and nothing at the end.
  const all = [];
  for (let some; (some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length > 0 && all.length <= most;) all.push(...some);
  return all;
};

async function collect(entry, folder, found) {
  if (found.length > most) return;
  if (entry instanceof File) found.push({ file: entry, name: entry.name });
  else if (entry.isFile) found.push({ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), name: folder + entry.name });
  else for (const inner of await entriesOf(entry.createReader())) await collect(inner, `${folder}${entry.name}/`, found);
}

export async function dropped(items) {
  // Before anything is awaited: with the event the items are gone.
  const entries = [...items].filter(item => item.kind === 'file').map(item => item.webkitGetAsEntry() ?? item.getAsFile());
  const found = [];
  for (const entry of entries) await collect(entry, '', found);
  return found;
}

export const chosen = files => [...files].map(file => ({ file, name: file.webkitRelativePath || file.name }));
