/** What a flow does, in words. */
import { choiceText } from "../common/choices.js";
import type { Desk } from "../common/desk.js";
import { namesText } from "../common/format.js";
import { strings, word } from "../common/strings.js";
import type { Flow, FlowAction, FlowCondition, FlowTrigger } from "../common/types.js";
import { flows as words } from "../strings/en/flows.js";
import { choiceOf } from "./flow-form-state.js";

/** A flow in one sentence: when, on which conditions, and what it does. */
export function flowText(
  flow: Pick<Flow, "trigger" | "conditions" | "actions">,
  desk: Desk,
): string {
  return words().sentence(
    triggerText(flow.trigger, desk),
    conditionsText(flow.conditions, desk),
    actionsText(flow.actions, desk),
  );
}

/** What sets a flow off. */
export function triggerText(trigger: FlowTrigger, desk: Desk): string {
  const choice = choiceOf(trigger);
  const { purposes, taskTypes } = desk.settings;
  const text = {
    message_received: () => word(strings.channels, choice),
    topic_logged: () => choiceText(purposes, choice, strings.purposes),
    task_done: () => choiceText(taskTypes, choice, strings.taskTypes),
    tag_added: () => choice,
    first_message: () => "",
    conversation_closed: () => "",
    conversation_reopened: () => "",
  }[trigger.type];
  return words().whens[trigger.type](choice && text());
}

/** All that must hold. */
export function conditionsText(conditions: readonly FlowCondition[], desk: Desk): string {
  const { ifs, values } = words();
  return namesText(
    conditions.map((condition) => {
      if (condition.type === "tag")
        return ifs[condition.present ? "has" : "has_not"](condition.tag);
      const { name, test, text } = condition;
      const value = valueChoices(name, desk)?.[text] ?? text;
      return ifs[test](word(values, name), value || strings.conflict.empty);
    }),
  );
}

/** All that is done, in order. */
export function actionsText(actions: readonly FlowAction[], desk: Desk): string {
  return namesText(actions.map((action) => actionText(action, desk)));
}

function actionText(action: FlowAction, desk: Desk): string {
  const { thens } = words();
  switch (action.type) {
    case "create_task":
      return thens.create_task(action.task.title);
    case "log_topic":
      return thens.log_topic(action.topic.subject);
    case "add_tag":
    case "remove_tag":
      return thens[action.type](action.tag);
    case "set_owner":
      return thens.set_owner(action.owner ? desk.nameOf(action.owner) : "");
    case "set_team":
      return thens.set_team(action.team ? desk.teamName(action.team) : "");
    case "set_priority":
      return thens.set_priority(strings.priorities[action.priority]);
    case "add_note":
    case "close":
    case "reopen":
      return thens[action.type]();
  }
}

/** What a value can be, by the words the core compares; undefined for what is typed. */
export function valueChoices(name: string, desk: Desk): Record<string, string> | undefined {
  const { purposes, taskTypes } = desk.settings;
  const nobody = { "": strings.nobody };
  switch (name) {
    case "message.channel":
      return messageChannels();
    case "conversation.status":
      return strings.conversationStatus;
    case "conversation.priority":
      return strings.priorities;
    case "conversation.owner":
      return { ...nobody, ...Object.fromEntries(desk.people.map(({ id, name }) => [id, name])) };
    case "conversation.team":
      return {
        "": strings.none,
        ...Object.fromEntries(desk.teams.map((team) => [team, desk.teamName(team)])),
      };
    case "topic.purpose":
      return Object.fromEntries(
        purposes.map(({ id }) => [id, choiceText(purposes, id, strings.purposes)]),
      );
    case "task.type":
      return Object.fromEntries(
        taskTypes.map(({ id }) => [id, choiceText(taskTypes, id, strings.taskTypes)]),
      );
    default:
      return undefined;
  }
}

/** The channels that bring messages. */
export function messageChannels(): Record<string, string> {
  const { email, sms, whatsapp, webchat, call } = strings.channels;
  return { email, sms, whatsapp, webchat, call };
}
