// arguments: role, accessible name ("" = any; "~text" = contains, "^text" = starts with), must be enabled. Gives the last match drawn, since
// dialogs and menus come after the page.
const [role, name, enabled] = arguments;
const implied = {
  button: 'button',
  link: 'a[href]',
  heading: 'h1,h2,h3',
  textbox: 'input:not([type]),input[type=text],input[type=password],input[type=search],input[type=number],input[type=date],input[type=time],textarea',
  checkbox: 'input[type=checkbox]',
  main: 'main',
  dialog: 'dialog[open]',
  combobox: 'select',
};
const text = (element) => (element.innerText ?? element.textContent ?? '').replace(/\s+/g, ' ').trim();
const named = (element) => {
  const ids = element.getAttribute('aria-labelledby');
  if (ids) return ids.split(/\s+/).map((id) => text(document.getElementById(id) ?? {})).join(' ').trim();
  const label = element.getAttribute('aria-label');
  if (label) return label.trim();
  if (element.labels?.length) return [...element.labels].map(text).join(' ');
  return text(element) || element.getAttribute('placeholder') || element.getAttribute('title') || '';
};
const shown = (element) => {
  if (element.closest('[inert],[aria-hidden="true"]')) return false;
  if (element.getClientRects().length === 0) return false;
  return getComputedStyle(element).visibility !== 'hidden';
};
const usable = (element) => {
  if (element.disabled || element.getAttribute('aria-disabled') === 'true') return false;
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return top === null || element === top || element.contains(top) || top.contains(element) || [...(element.labels ?? [])].some((label) => label.contains(top));
};
const fits = (found) => name === '' || found === name || (name.startsWith('~') && found.includes(name.slice(1))) || (name.startsWith('^') && found.startsWith(name.slice(1)));
const selector = [`[role="${role}"]`, implied[role] && implied[role].split(',').map((part) => `${part}:not([role])`).join(',')].filter(Boolean).join(',');
const matches = [...document.querySelectorAll(selector)].filter((element) => shown(element) && fits(named(element)) && (!enabled || usable(element)));
return matches.at(-1) ?? null;
