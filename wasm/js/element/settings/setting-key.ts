/**
 * What a setting's key names. The core keeps settings as words under keys such as `policy/zone`,
 * `purpose/issue/name` or `pipeline/sales/stage/offer/position`, and names these in its audit trail
 * and in conflicts.
 */
import { choiceText } from "../common/choices.js";
import { strings, word } from "../common/strings.js";
import type { Desk } from "../common/desk.js";
import type {
  Choice,
  FlowAction,
  FlowCondition,
  FlowTrigger,
  Hours,
  ListKind,
  PolicyField,
  WorkspaceCommand,
  WorkspaceView,
} from "../common/types.js";
import { pipeline as pipelineWords } from "../strings/en/pipeline.js";
import { settings as words } from "../strings/en/settings.js";
import { actionsText, conditionsText, triggerText } from "./flow-text.js";
import { timeOf } from "./hours.js";

/** The lists by the first part of their keys. */
const LISTS: Record<string, ListKind> = {
  purpose: "purposes",
  taskType: "task_types",
  contactType: "contact_types",
  tag: "tags",
  lostReason: "lost_reasons",
};

/** The parts of a flow that are kept as JSON. */
const FLOW_PARTS = ["trigger", "conditions", "actions"];

const choicesOf = (settings: WorkspaceView, list: ListKind): Choice[] =>
  ({
    purposes: settings.purposes,
    task_types: settings.taskTypes,
    contact_types: settings.contactTypes,
    tags: settings.tags,
    lost_reasons: settings.lostReasons,
  })[list];

/** What a key names, in words: `Time zone`, `Purposes: Issue, name`. */
export function keyText(key: string, settings: WorkspaceView, desk: Desk): string {
  const [kind = "", id = "", ...rest] = key.split("/");
  const property = word(words().properties, rest.at(-1) ?? "");
  const list = LISTS[kind];
  if (kind === "policy") return word(words().policies, id);
  if (list) {
    const builtIn = { ...strings.purposes, ...strings.taskTypes, ...strings.contactTypes };
    const name = choiceText(choicesOf(settings, list), id, {
      ...builtIn,
      ...pipelineWords().lostReasons,
    });
    return `${words().lists[list].title}: ${name}, ${property}`;
  }
  if (kind === "team") {
    const name = settings.teams.find((team) => team.id === id)?.name || id;
    return `${name}: ${rest[0] === "member" ? desk.nameOf(rest[1]) : property}`;
  }
  if (kind === "field") {
    return `${settings.fields.find((field) => field.id === id)?.name || id}: ${property}`;
  }
  if (kind === "template") {
    return `${settings.templates.find((template) => template.id === id)?.name || words().sections.templates}: ${property}`;
  }
  if (kind === "flow") {
    return `${settings.flows.find((flow) => flow.id === id)?.name || words().sections.flows}: ${property}`;
  }
  if (kind === "pipeline") {
    const pipeline = settings.pipelines.find((each) => each.id === id);
    const name = pipeline?.name || word(pipelineWords().pipelines, id);
    const stage = choiceText(pipeline?.stages ?? [], rest[1] ?? "", pipelineWords().stages);
    return `${name}: ${rest[0] === "stage" ? `${stage}, ` : ""}${property}`;
  }
  return word(strings.views, kind);
}

/** A setting's value in words. */
export function settingText(key: string, value: string, desk: Desk): string {
  if (value === "") return "";
  if (key === "policy/threading") return word(words().threading.options, value);
  if (key === "policy/readPolicy") return word(words().readPolicy.options, value);
  if (key === "policy/hours") {
    return parseHours(value)
      .map(({ day, from, to }) => `${day}: ${timeOf(from)}–${timeOf(to)}`)
      .join(", ");
  }
  if (value === "true") return words().yes;
  if (value === "false") return words().no;
  if (key.startsWith("flow/")) return flowPartText(key.split("/").at(-1), value, desk);
  return value;
}

/** A part of a flow, which the core writes as JSON; as it is where that is of another kind. */
function flowPartText(part: string | undefined, value: string, desk: Desk): string {
  try {
    switch (part) {
      case "trigger":
        return triggerText(JSON.parse(value) as FlowTrigger, desk);
      case "conditions":
        return conditionsText(JSON.parse(value) as FlowCondition[], desk);
      case "actions":
        return actionsText(JSON.parse(value) as FlowAction[], desk);
      default:
        return value;
    }
  } catch {
    return value;
  }
}

/** Sets a setting again to one of its values, which settles it; undefined where no command does. */
export function settleSetting(
  key: string,
  value: string,
  settings: WorkspaceView,
): WorkspaceCommand | undefined {
  const [kind = "", id = "", ...rest] = key.split("/");
  const property = rest.at(-1) ?? "";
  const list = LISTS[kind];
  if (kind === "policy") {
    const set = policy(id, value);
    return set && { type: "set_policy", set };
  }
  if (list) {
    const choice = choicesOf(settings, list).find((each) => each.id === id);
    return choice && { type: "put_choice", list, choice: changed(choice, property, value) };
  }
  if (kind === "team") {
    if (rest[0] === "member" && rest[1]) {
      return { type: "add_team_member", team: id, member: rest[1] };
    }
    const team = settings.teams.find((each) => each.id === id);
    return team && { type: "put_team", team: changed(team, property, value) };
  }
  if (kind === "field") {
    const field = settings.fields.find((each) => each.id === id);
    return field && { type: "put_field", field: changed(field, property, value) };
  }
  if (kind === "template") {
    const template = settings.templates.find((each) => each.id === id);
    return template && { type: "put_template", template: changed(template, property, value) };
  }
  if (kind === "flow") {
    const flow = settings.flows.find((each) => each.id === id);
    return flow && { type: "put_flow", flow: changed(flow, property, value) };
  }
  if (kind !== "pipeline") return undefined;
  const pipeline = settings.pipelines.find((each) => each.id === id);
  if (!pipeline) return undefined;
  const stage = pipeline.stages.find((each) => each.id === rest[1]);
  const stages = rest[0] === "stage" && stage ? [changed(stage, property, value)] : [];
  const whole = stages.length > 0 ? pipeline : changed(pipeline, property, value);
  return { type: "put_pipeline", pipeline: { ...whole, stages } };
}

/** An entry with one property set from its text. */
function changed<T extends object>(entry: T, property: string, text: string): T {
  const value =
    property === "position"
      ? Number(text)
      : property === "archived" || property === "active"
        ? text === "true"
        : property === "choices"
          ? text.split("\n")
          : property === "channel"
            ? text || undefined
            : FLOW_PARTS.includes(property)
              ? parsed(text)
              : text;
  return { ...entry, [property]: value };
}

/** What JSON says; undefined for what is none, which the core refuses. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function policy(field: string, value: string): PolicyField | undefined {
  switch (field) {
    case "threading":
    case "readPolicy":
      return { field, value } as PolicyField;
    case "requireTopicToClose":
      return { field, value: value === "true" };
    case "zone":
      return { field, value };
    case "hours":
      return { field, value: parseHours(value) };
    default:
      return undefined;
  }
}

/** Business hours from their text, `1 540-1020,2 540-1020`. */
function parseHours(text: string): Hours[] {
  return [...text.matchAll(/(\d) (\d+)-(\d+)/g)].map(([, day, from, to]) => ({
    day: Number(day),
    from: Number(from),
    to: Number(to),
  }));
}
