//! Makes elements. Text is text, never markup.

type Child = Node | string | undefined;

/** Attributes, and handlers by `on…`; `false` and nothing leave one out. */
export type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill<E extends Element>(made: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      made.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** An icon of the editor; a screen reader passes it over. */
export function icon(name: string, more = ''): HTMLElement {
  const [plain, turning] = name.split('~');
  return element('span', { class: `codicon codicon-${plain}${turning === 'spin' ? ' codicon-modifier-spin' : ''} ${more}`, 'aria-hidden': 'true' });
}
