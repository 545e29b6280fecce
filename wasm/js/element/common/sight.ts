import type { ReactiveController, ReactiveControllerHost } from "lit";

/**
 * The part of a scrolled list in sight, in pixels from its top. Kept, because to ask for it while
 * drawing would make the browser lay the page out twice.
 */
export class Sight implements ReactiveController {
  from = 0;
  size = 0;

  private element: HTMLElement | undefined;
  private readonly sizes = new ResizeObserver(() => this.look());

  /** `scroller` gives the element that scrolls, which may be another one after each drawing. */
  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly scroller: () => HTMLElement | null,
  ) {
    host.addController(this);
  }

  hostUpdated(): void {
    const element = this.scroller() ?? undefined;
    if (element === this.element) return;
    if (this.element) this.sizes.unobserve(this.element);
    this.element = element;
    if (element) this.sizes.observe(element);
  }

  hostDisconnected(): void {
    this.sizes.disconnect();
    this.element = undefined;
  }

  hostConnected(): void {
    this.host.requestUpdate();
  }

  /** Looks again, after a scroll. */
  readonly look = (): void => {
    const { scrollTop = 0, clientHeight = 0 } = this.element ?? {};
    if (scrollTop === this.from && clientHeight === this.size) return;
    this.from = scrollTop;
    this.size = clientHeight;
    this.host.requestUpdate();
  };

  /** Brings a stretch into sight with the least movement. */
  show(top: number, height: number): void {
    const { element } = this;
    if (!element) return;
    const lowest = top + height - element.clientHeight;
    if (element.scrollTop > top) element.scrollTop = top;
    else if (element.scrollTop < lowest) element.scrollTop = lowest;
    this.look();
  }
}
