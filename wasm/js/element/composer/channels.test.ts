import { expect, test } from "vitest";
import { addressesFor, channelsFor, type Ways } from "./channels.js";

const hannah: Ways = {
  member: { channels: null },
  header: {},
  contact: {
    identities: [
      { channel: "email", address: "hannah@mail.example" },
      { channel: "sms", address: "+351911" },
      { channel: "call", address: "+351911" },
    ],
  },
  answering: { channel: "email", from: { address: "work@mail.example" } },
};

test("what the contact has and the member qualifies for can be chosen; calls are not written", () => {
  expect(channelsFor(hannah)).toEqual(["email", "sms"]);
  expect(channelsFor({ ...hannah, member: { channels: ["sms"] } })).toEqual(["sms"]);
  expect(channelsFor({ ...hannah, member: { channels: [] } })).toEqual([]);
});

test("the address that wrote last comes first", () => {
  expect(addressesFor(hannah, "email")).toEqual(["work@mail.example", "hannah@mail.example"]);
  expect(addressesFor(hannah, "sms")).toEqual(["+351911"]);
});

test("an unlinked conversation is answered where it came from", () => {
  const header = { identity: { channel: "whatsapp", address: "+4915" } } as const;
  const ways: Ways = { ...hannah, header, contact: undefined, answering: undefined };
  expect(channelsFor(ways)).toEqual(["whatsapp"]);
  expect(addressesFor(ways, "whatsapp")).toEqual(["+4915"]);
});
