/** Escapes text for element content and for attribute values in either quote, in HTML and XML alike. */
export function escapeText(text: string): string {
  return text.replace(CONTROL, "\uFFFD").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Control characters and halves of surrogate pairs, which XML forbids even as references; tab and line breaks stay. */
const CONTROL = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/**
 * Writes an element as text that is well-formed XML and safe HTML.
 *
 * Linkedom's own `outerHTML` escapes only the quotes in attributes, which XML readers refuse.
 */
export function serialize(element: Element): string {
  const attributes = [...element.attributes].map(({ name, value }) => ` ${name}="${escapeText(value)}"`).join("");
  const name = element.localName;
  const content = [...element.childNodes].map(serializeChild).join("");
  return content === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

const ELEMENT = 1;
const TEXT = 3;

function serializeChild(node: ChildNode): string {
  if (node.nodeType === ELEMENT) return serialize(node as unknown as Element);
  return node.nodeType === TEXT ? escapeText(node.textContent ?? "") : "";
}
