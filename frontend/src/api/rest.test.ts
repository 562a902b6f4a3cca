import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, NetworkError } from "./errors";
import { RestSource } from "./rest";
import type { PyramidView } from "./types";

const grid = { atlas: "x", layer: "mixed4b", size: 40 };
const never = new AbortController().signal;

function answer(body: unknown, status = 200): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(() => Promise.resolve(new Response(typeof body === "string" ? body : JSON.stringify(body), { status })));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

describe("addresses", () => {
  const pyramid = { kind: "exemplar", of: "joint", version: "abc" } as PyramidView;

  it("hang on the base that the page gives", () => {
    for (const base of ["./", "."]) expect(new RestSource(base).imageUrl("x", "real", 7, "a1")).toBe("./api/v1/atlases/x/datasets/real/images/7?v=a1");
    expect(new RestSource("/prefix/").tileUrl(grid, pyramid, 9, 1, 0)).toBe("/prefix/api/v1/atlases/x/layers/mixed4b/grids/40/icons/exemplar/joint_files/9/1_0.webp?v=abc");
  });

  it("name the cell outside the map", async () => {
    const fetched = answer({ items: [] });
    await new RestSource(".").examples(grid, { column: -1, row: -1 }, { dataset: "real", order: "random", cursor: null, limit: 5, version: "v" }, never);
    expect(fetched.mock.calls[0]?.[0]).toBe("./api/v1/atlases/x/layers/mixed4b/grids/40/cells/outside/examples?dataset=real&order=random&limit=5&v=v");
  });
});

describe("what goes wrong", () => {
  const ask = (): Promise<unknown> => new RestSource(".").cells(grid, "v", never);

  it("is told in the server's words", async () => {
    answer({ error: { code: "not_found", message: "No grid 45; there are 10, 20, 40.", detail: {} } }, 404);
    await expect(ask()).rejects.toMatchObject({ status: 404, message: "No grid 45; there are 10, 20, 40." });
  });

  it("is told by its status where something else answered", async () => {
    answer("<html>Bad gateway</html>", 502);
    const error = await ask().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).message).toContain("502");
  });

  it("is a silent server where nothing answers, or not to the end", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    await expect(ask()).rejects.toBeInstanceOf(NetworkError);
    answer('{"cut');
    await expect(ask()).rejects.toBeInstanceOf(NetworkError);
  });
});
