import { expect, test } from "vitest";
import { amountText, moneyText, parseMoney, storedMoney } from "./money.js";

test("amounts are kept in the smallest unit of their currency", () => {
  expect(parseMoney("1299.5", "EUR")).toEqual({ amount: 129950, currency: "EUR" });
  expect(parseMoney("1299", "JPY")).toEqual({ amount: 1299, currency: "JPY" });
  expect(parseMoney("0.29", "EUR")).toEqual({ amount: 29, currency: "EUR" });
  expect(amountText({ amount: 129950, currency: "EUR" })).toBe("1299.50");
  expect(moneyText({ amount: 129950, currency: "EUR" })).toBe("€1,299.50");
});

test("what is no amount is not read", () => {
  for (const text of ["", "-1", "1e3", "ten", "1,5"])
    expect(parseMoney(text, "EUR")).toBeUndefined();
  expect(parseMoney("1", "euro")).toBeUndefined();
  expect(storedMoney("129900 EUR")).toEqual({ amount: 129900, currency: "EUR" });
  expect(storedMoney("EUR")).toBeUndefined();
});
