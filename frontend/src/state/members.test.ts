import { describe, expect, it } from "vitest";
import type { SampleView } from "../api/types";
import { membersOf, type Page } from "./members";

const sample = (image: number): SampleView => ({ image }) as SampleView;
const PAGES: Readonly<Record<string, Page>> = {
  first: { items: [sample(1), sample(2)], next_cursor: "second" },
  second: { items: [sample(3)], next_cursor: null },
};
const images = (items: readonly SampleView[]): number[] => items.map((s) => s.image);

describe("the members of a dataset", () => {
  it("come page after page until there are no more", async () => {
    const list = membersOf("real", "late", 3, async (_, cursor) => PAGES[cursor ?? "first"] as Page);
    await list.more();
    expect(images(list.pages.value.items)).toEqual([1, 2]);
    expect(list.pages.value.state).toBe("ready");
    await list.more();
    await list.more();
    expect(images(list.pages.value.items)).toEqual([1, 2, 3]);
    expect(list.pages.value.state).toBe("done");
  });

  it("are asked for once, however often they are wanted", async () => {
    let asked = 0;
    const list = membersOf("real", "late", 3, async () => (asked++, PAGES["first"] as Page));
    await Promise.all([list.more(), list.more()]);
    expect(asked).toBe(1);
  });

  it("are there when the page that was on its way has come, whoever asked for it", async () => {
    const list = membersOf("real", "late", 3, async (_, cursor) => PAGES[cursor ?? "first"] as Page);
    void list.more();
    await list.more();
    expect(images(list.pages.value.items)).toEqual([1, 2]);
  });

  it("are asked for again where a page failed, and keep what came", async () => {
    let broken = true;
    const list = membersOf("real", "late", 3, async (_, cursor) => {
      if (cursor === "second" && broken) throw new Error("away");
      return PAGES[cursor ?? "first"] as Page;
    });
    await list.more();
    await list.more();
    expect(list.pages.value).toMatchObject({ state: "failed", items: [{ image: 1 }, { image: 2 }] });
    broken = false;
    await list.more();
    expect(images(list.pages.value.items)).toEqual([1, 2, 3]);
  });

  it("of nobody are none", async () => {
    const list = membersOf("real", "late", 0, () => Promise.reject(new Error("nobody asks")));
    await list.more();
    expect(list.pages.value).toEqual({ items: [], state: "done" });
  });
});
