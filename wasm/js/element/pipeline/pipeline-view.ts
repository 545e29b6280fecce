import { nothing } from "lit";
import { blank } from "../common/blank.js";
import { Part } from "../common/part.js";
import { strings } from "../common/strings.js";
import { viewFrame, viewStyles } from "../common/view-frame.js";
import { pipeline as words } from "../strings/en/pipeline.js";
import { base } from "../styles/base.css.js";

/** Opportunities by stage. */
export class PipelineView extends Part {
  static override styles = [base, viewStyles];

  protected override render(): unknown {
    if (!this.desk) return nothing;
    return viewFrame(strings.views.pipeline, nothing, blank("pipeline", words().empty));
  }
}

/** What the view is made of. */
export const elements = { "threadline-pipeline": PipelineView };
