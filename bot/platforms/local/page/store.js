// What is kept in this browser: unfinished forms, unsent text, who I was. Never needed, only kind.

const at = (name) => `staffroom:${name}`;

export function keep(name, value) {
  try {
    if (value === null || value === "") localStorage.removeItem(at(name));
    else localStorage.setItem(at(name), JSON.stringify(value));
  } catch {
    // A full or forbidden storage must not keep anybody from writing.
  }
}

export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(at(name)));
  } catch {
    return null;
  }
}

export function keptUnder(prefix) {
  const found = [];
  try {
    for (let index = 0; index < localStorage.length; index += 1) {
      const name = localStorage.key(index);
      if (name.startsWith(at(prefix))) found.push(name.slice(at("").length));
    }
  } catch {
    return [];
  }
  return found.sort();
}
