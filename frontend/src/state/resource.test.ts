import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, NetworkError } from "../api/errors";
import { resource } from "./resource";

const settled = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0);
};

describe("data that follows a key", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("keeps the old data until the new is there, and does not ask twice for what it knows", async () => {
    const key = signal<string | null>("a");
    const load = vi.fn(() => Promise.resolve(`data of ${key.peek()}`));
    const { state } = resource(key, load, signal(false));
    await settled();
    expect(state.value).toMatchObject({ key: "a", data: "data of a", loading: false });
    key.value = "b";
    expect(state.value).toMatchObject({ key: "a", data: "data of a", loading: true });
    await settled();
    expect(state.value).toMatchObject({ key: "b", data: "data of b" });
    key.value = "a";
    expect(state.value).toMatchObject({ key: "a", data: "data of a", loading: false });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("forgets a slow answer to an old question", async () => {
    const key = signal<string | null>("slow");
    const answers: Record<string, (text: string) => void> = {};
    const { state } = resource(key, () => new Promise<string>((resolve) => (answers[key.peek() ?? ""] = resolve)), signal(false));
    key.value = "quick";
    answers["quick"]?.("quick");
    await settled();
    answers["slow"]?.("slow");
    await settled();
    expect(state.value.data).toBe("quick");
  });

  it("says why it failed, and asks again when told to", async () => {
    const results = [() => Promise.reject(new ApiError(404, "cell", "No such cell.")), () => Promise.resolve("there")];
    const { state, reload } = resource(signal("a"), () => (results.shift() as () => Promise<string>)(), signal(false));
    await settled();
    expect(state.value).toMatchObject({ data: null, loading: false, error: { message: "No such cell." } });
    reload();
    await settled();
    expect(state.value).toMatchObject({ data: "there", error: null });
  });

  it("asks a silent server again until it answers, and says that it is away", async () => {
    const offline = signal(false);
    let away = true;
    const { state } = resource(signal("a"), () => (away ? Promise.reject(new NetworkError("/")) : Promise.resolve("back")), offline);
    await settled();
    expect(offline.value).toBe(true);
    away = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(offline.value).toBe(false);
    expect(state.value.data).toBe("back");
  });
});
