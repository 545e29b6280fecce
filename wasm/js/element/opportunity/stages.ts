/** How pipelines and their stages read. */
import { choiceName, choiceText } from "../common/choices.js";
import type { Choice, Pipeline, StageRef, WorkspaceView } from "../common/types.js";
import { pipeline as words } from "../strings/en/pipeline.js";

/** A pipeline's name. */
export function pipelineName(pipeline: Pipeline): string {
  return choiceName(pipeline, words().pipelines);
}

/** The name of a stage, also of one that is offered no longer. */
export function stageName({ pipelines }: WorkspaceView, { pipeline, stage }: StageRef): string {
  const stages = pipelines.find(({ id }) => id === pipeline)?.stages ?? [];
  return choiceText(stages, stage, words().stages);
}

/** The stages that are offered. */
export function offeredStages(pipeline: Pipeline | undefined): Choice[] {
  return pipeline?.stages.filter(({ archived }) => !archived) ?? [];
}

/** A stage as one word, as selects and the core's audit trail have it: `sales/offer`. */
export function stageKey({ pipeline, stage }: StageRef): string {
  return `${pipeline}/${stage}`;
}

/** Reads {@link stageKey} back. */
export function stageOf(key: string): StageRef {
  const [pipeline = "", stage = ""] = key.split("/", 2);
  return { pipeline, stage };
}
