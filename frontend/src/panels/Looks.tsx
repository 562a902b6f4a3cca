/** How the map looks: what its colours say, and which icons it shows. */
import type { ColorMode } from "../lib/heat";
import { isPart } from "../lib/parts";
import { iconKinds, iconName } from "../lib/icons";
import { useStore } from "./context";
import { Hint } from "./Hint";

const COLOR_NAMES: Readonly<Record<ColorMode, string>> = {
  effect: "Effect: times more",
  contribution: "Contribution to divergence",
  density: "Density of a dataset",
  precision: "Not precise: generated, far from real",
  recall: "Not recalled: real, far from generated",
  coverage: "Not covered: real without a neighbour",
  authenticity: "Not authentic: too near to real",
  copying: "Copies of the reference (C_T)",
  none: "Nothing: icons alone",
};

export function ColorPicker() {
  const store = useStore();
  const { color, opacity, significance, split } = store.view.value;
  const datasets = store.atlas.value?.datasets ?? [];
  return (
    <section class="field">
      <label for="color">Colour by</label>
      <select id="color" value={color} onChange={(event) => store.go({ color: event.currentTarget.value as ColorMode })}>
        {(Object.keys(COLOR_NAMES) as ColorMode[]).filter((mode) => mode === color || !isPart(mode) || store.grid.value?.figures_version).map((mode) => (
          <option key={mode} value={mode}>
            {COLOR_NAMES[mode]}
          </option>
        ))}
      </select>
      {color === "density" && split === "one" && (
        <select aria-label="Dataset of the density" value={store.densityOf.value} onChange={(event) => store.go({ density: event.currentTarget.value })}>
          {datasets.map((d) => (
            <option key={d.name} value={d.name}>
              {d.title}
            </option>
          ))}
        </select>
      )}
      {color !== "none" && (
        <label class="slider">
          <span>Strength</span>
          <input type="range" min="0" max="1" step="0.05" value={opacity} onInput={(event) => store.go({ opacity: Number(event.currentTarget.value) })} />
        </label>
      )}
      {isPart(color) && store.figures.state.value.data !== null && store.heat.value === null && <p class="note">Not known for this pair: figures are of a dataset beside the reference, and C_T needs held-out images.</p>}
      {(color === "effect" || color === "contribution") && (
        <label class="check">
          <input type="checkbox" checked={significance} onChange={(event) => store.go({ significance: event.currentTarget.checked })} />
          <span>Fade what may be chance</span>
        </label>
      )}
    </section>
  );
}

/** Whose samples the area stands for; of two maps, each its own dataset's. */
function AreaOf() {
  const store = useStore();
  const [pair, datasets] = [store.pair.value, store.atlas.value?.datasets ?? []];
  if (pair && store.view.value.split !== "one") return <p class="note">On each map of its own dataset.</p>;
  const of = store.areaOf.value;
  return (
    <select aria-label="Dataset of the area" value={of?.length === 1 ? of[0] : ""} onChange={(event) => store.go({ areaOf: event.currentTarget.value || null })}>
      <option value="">{pair ? "of both sets compared" : "of all samples"}</option>
      {datasets.map((d) => (
        <option key={d.name} value={d.name}>
          of {d.title}
        </option>
      ))}
    </select>
  );
}

/** Samples as dots: when, and what their colour says. */
function DotsPicker() {
  const store = useStore();
  const { points } = store.view.value;
  return (
    <>
      <label for="dots">Samples as dots</label>
      <select id="dots" value={points === null ? "auto" : points ? "on" : "off"} onChange={(event) => store.go({ points: { auto: null, on: true, off: false }[event.currentTarget.value] ?? null })}>
        <option value="auto">Deep in the map</option>
        <option value="on">Always</option>
        <option value="off">Never</option>
      </select>
    </>
  );
}

export function IconPicker() {
  const store = useStore();
  const layer = store.layer.value;
  const { icons: wish, area } = store.view.value;
  if (!layer) return null;
  const kinds = iconKinds(layer.grids);
  const choice = store.icons.value;
  const value = typeof wish === "string" ? wish : `${wish.kind}:${wish.of}`;
  const known = value === "auto" || value === "none" || kinds.some((k) => `${k.kind}:${k.of}` === value);
  return (
    <section class="field">
      <label for="icons">Icons</label>
      <select
        id="icons"
        value={value}
        onChange={(event) => {
          const text = event.currentTarget.value;
          const [kind, of] = text.split(":");
          store.go({ icons: text === "auto" || text === "none" ? text : ({ kind, of } as { kind: "exemplar"; of: string }) });
        }}
      >
        <option value="auto">Automatic</option>
        {kinds.map((kind) => (
          <option key={`${kind.kind}:${kind.of}`} value={`${kind.kind}:${kind.of}`}>
            {iconName(kind, store.atlas.value)}
          </option>
        ))}
        {!known && typeof wish !== "string" && <option value={value}>{iconName(wish, store.atlas.value)}</option>}
        <option value="none">None</option>
      </select>
      {wish !== "none" && (
        <div class="check">
          <label class="check">
            <input type="checkbox" checked={area > 0} onChange={(event) => store.go({ area: event.currentTarget.checked ? 1 : 0 })} />
            <span>Area by density</span>
          </label>
          <Hint of="area" />
          {area > 0 && (
            <input type="range" aria-label="Size of the icons by density" min="0.1" max="3" step="0.1" value={area} onInput={(event) => store.go({ area: Number(event.currentTarget.value) })} />
          )}
        </div>
      )}
      {wish !== "none" && area > 0 && <AreaOf />}
      <DotsPicker />
      {choice?.standIn && (
        <p class="note">
          Not made for this grid yet: {iconName(choice.pyramid, store.atlas.value)} stands in.
        </p>
      )}
      {store.iconsFailed.value && <p class="note">Icons could not be loaded.</p>}
    </section>
  );
}
