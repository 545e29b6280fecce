import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Desk } from "./desk.js";
import { listen, unlisten } from "./strings.js";

/** What every part of the widget is: an element at a desk, drawn anew when the language changes. */
export class Part extends LitElement {
  /** @internal What all parts share. */
  @property({ attribute: false }) desk: Desk | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    listen(this);
    // While it was out of the page, the language may have become another.
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    unlisten(this);
  }

  /** A client that was stopped answers nothing: what shows it stays as it is for the moment it is left. */
  protected override shouldUpdate(): boolean {
    return this.desk?.client.stopped !== true;
  }
}
