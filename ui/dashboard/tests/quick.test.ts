import { describe, expect, it } from "vitest";
import { hear, type Press } from "../src/app/chords.ts";
import { find, whereIs } from "../src/app/find.ts";
import { pageAt, pagesOf, SECTIONS } from "../src/app/pages.ts";
import { initialsOf } from "../src/app/userMenu.tsx";

const titles = (text: string) => find(text, SECTIONS).map(({ title }) => title);

describe("the palette", () => {
  it("offers every page and every action before anything is typed", () => {
    expect(titles("")).toContain("Payments");
    expect(titles("")).toContain("Sign out");
  });

  it("finds pages by name and by what they are about, the name first", () => {
    expect(titles("re")[0]).toBe("Refunds");
    expect(titles("kafka")).toContain("Events");
    expect(titles("log dev")[0]).toBe("Sessions");
    expect(titles("dark")).toContain("Use dark colours");
  });

  it("leads from an id to its object", () => {
    expect(whereIs("pay_0VxKb4M9sJq2NnBv")?.to).toBe("/dashboard/payments/pay_0VxKb4M9sJq2NnBv");
    expect(whereIs("whd_0VxKb4M9sJq2NnBv")?.to).toBe("/dashboard/webhooks/deliveries/whd_0VxKb4M9sJq2NnBv");
    expect(whereIs("we_0VxKb4M9sJq2NnBv")?.to).toBe("/dashboard/webhooks/endpoints/we_0VxKb4M9sJq2NnBv");
    expect(whereIs("pay_short")).toBeUndefined();
    expect(whereIs("cus_0VxKb4M9sJq2NnBv")).toBeUndefined();
    expect(find(" pay_0VxKb4M9sJq2NnBv ", SECTIONS)[0]?.title).toBe("Payment");
  });

  it("searches by what the text looks like, and writes it into the address as it is", () => {
    expect(find("asha@okhdfc", SECTIONS)[0]?.to).toBe("/dashboard/payments?q=asha%40okhdfc");
    expect(titles("4242")[0]).toBe("Payments by cards that end in 4242");
    expect(find("a&b=c", SECTIONS).map(({ to }) => to)).toContain("/dashboard/orders?q=a%26b%3Dc");
  });

  it("gives every offer an id of its own", () => {
    const ids = find("", SECTIONS).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("the pages", () => {
  it("that a role may not see are not offered", () => {
    const seen = (role: string, scopes: string[]) =>
      pagesOf(role, scopes).flatMap(({ pages }) => pages.map(({ title }) => title));
    expect(seen("support", [])).not.toContain("Team");
    expect(seen("support", [])).not.toContain("API keys");
    expect(seen("admin", ["api_keys:read"])).toContain("API keys");
  });

  it("belong to the longest address that leads to them", () => {
    expect(pageAt("/dashboard")?.title).toBe("Home");
    expect(pageAt("/dashboard/payments/pay_1")?.title).toBe("Payments");
    expect(pageAt("/dashboard/nothing")).toBeUndefined();
  });

  it("have a letter of their own each", () => {
    const keys = SECTIONS.flatMap(({ pages }) => pages.map(({ key }) => key));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("the keyboard", () => {
  const press = (key: string, more: Partial<Press> = {}): Press => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    isTaken: false,
    at: 1000,
    ...more,
  });

  it("goes to a page by G and its letter, soon after each other", () => {
    const { openSince } = hear(null, press("g"), SECTIONS);
    expect(hear(openSince, press("p", { at: 2000 }), SECTIONS).meaning).toEqual({
      does: "go",
      to: "/dashboard/payments",
    });
    expect(hear(openSince, press("p", { at: 9000 }), SECTIONS).meaning).toBeNull();
    expect(hear(openSince, press("x", { at: 1100 }), SECTIONS).meaning).toBeNull();
  });

  it("opens the palette and the overview", () => {
    expect(hear(null, press("k", { metaKey: true }), SECTIONS).meaning).toEqual({ does: "palette" });
    expect(hear(null, press("K", { ctrlKey: true, isTaken: true }), SECTIONS).meaning).toEqual({
      does: "palette",
    });
    expect(hear(null, press("/"), SECTIONS).meaning).toEqual({ does: "palette" });
    expect(hear(null, press("?"), SECTIONS).meaning).toEqual({ does: "help" });
  });

  it("leaves letters to who is writing, and other combinations to the browser", () => {
    expect(hear(null, press("g", { isTaken: true }), SECTIONS).openSince).toBeNull();
    expect(hear(null, press("?", { isTaken: true }), SECTIONS).meaning).toBeNull();
    expect(hear(1000, press("p", { ctrlKey: true }), SECTIONS).meaning).toBeNull();
  });
});

describe("a user's initials", () => {
  it("are two letters at most", () => {
    expect(initialsOf("Asha Rao")).toBe("AR");
    expect(initialsOf("test@example.com")).toBe("TE");
    expect(initialsOf("")).toBe("");
  });
});
