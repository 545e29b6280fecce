import { noChange } from "lit";
import { directive, Directive, type ElementPart } from "lit/directive.js";

/**
 * Styles that are computed, set through the style object: a style attribute, which
 * Lit's own `styleMap` renders at first, is what a strict content security policy forbids.
 */
class Place extends Directive {
  override render(_styles: Partial<CSSStyleDeclaration>): unknown {
    return noChange;
  }

  override update(part: ElementPart, [styles]: [Partial<CSSStyleDeclaration>]): unknown {
    Object.assign((part.element as HTMLElement).style, styles);
    return noChange;
  }
}

/** Sets computed styles on the element it stands in. */
export const place = directive(Place);
