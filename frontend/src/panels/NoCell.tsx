/** A cell that is not there: what is missing, and the nearest that there is, as ways to go on. */
import { ApiError } from "../api/errors";
import { OUTSIDE, type CellAt } from "../lib/geometry";
import { nearestNames } from "../lib/nearest";
import { sameElsewhere, whyNot } from "../state/missing";
import type { Pinned } from "../state/view";
import { useStore } from "./context";

interface Ways {
  /** Why it did not come, if it was asked for. */
  readonly error: Error | null;
  retry(): void;
  /** Take another cell in its place. */
  go(cell: Pinned): void;
}

export function NoCell({ at, error, retry, go }: { at: Pinned } & Ways) {
  const store = useStore();
  const atlas = store.atlas.value;
  if (!atlas) return null;
  const why = whyNot(at, atlas);
  if (why !== null) {
    const others = sameElsewhere(at, atlas);
    const layers = others.length > 0 ? [] : nearestNames(at.layer, atlas.layers.map((l) => l.name), 4);
    return (
      <div class="empty">
        <p>This cell is not there: {why}.</p>
        {others.length > 0 && <Choices title="At its place" cells={others} name={(cell) => `${cell.size} grid: ${placeOf(cell)}`} go={go} />}
        {layers.length > 0 && (
          <p class="ways" role="group" aria-label="Layers">
            <span class="faint">Layers:</span>
            {layers.map((name) => (
              <button key={name} type="button" class="button small" onClick={() => store.go({ layer: name, cell: null, compare: null })}>
                {name}
              </button>
            ))}
          </p>
        )}
      </div>
    );
  }
  if (!error) return null;
  if (!isGone(error)) {
    return (
      <div class="empty">
        <p>{error.message}</p>
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      </div>
    );
  }
  const near = nearCells(error);
  return (
    <div class="empty">
      <p>
        {at.column === OUTSIDE
          ? `No sample of ${at.layer} lies outside its map.`
          : near.length > 0
            ? `Cell ${at.column}, ${at.row} of the ${at.size} grid holds no sample on ${at.layer}.`
            : error.message}
      </p>
      {near.length > 0 && <Choices title="The nearest that do" cells={near.map((cell) => ({ layer: at.layer, size: at.size, ...cell }))} name={placeOf} go={go} />}
    </div>
  );
}

function Choices({ title, cells, name, go }: { title: string; cells: readonly Pinned[]; name: (cell: Pinned) => string; go: (cell: Pinned) => void }) {
  return (
    <p class="ways" role="group" aria-label={title}>
      <span class="faint">{title}:</span>
      {cells.map((cell) => (
        <button key={`${cell.size}:${cell.column},${cell.row}`} type="button" class="button small" onClick={() => go(cell)}>
          {name(cell)}
        </button>
      ))}
    </p>
  );
}

function placeOf(cell: CellAt): string {
  return cell.column === OUTSIDE ? "outside" : `${cell.column}, ${cell.row}`;
}

/** The server has no such thing: to ask again does not help. */
export function isGone(error: Error): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** The occupied cells that the server names in the place of one that is not. */
function nearCells(error: Error): CellAt[] {
  const choices = error instanceof ApiError ? error.detail["choices"] : null;
  if (!Array.isArray(choices)) return [];
  return choices.flatMap((choice: unknown) => (Array.isArray(choice) && choice.length === 2 && choice.every(Number.isInteger) ? [{ column: choice[0] as number, row: choice[1] as number }] : []));
}

/** The names that the server gives in the place of one that it does not know. */
export function knownNames(error: Error): string[] {
  const choices = error instanceof ApiError && isGone(error) ? error.detail["choices"] : null;
  return Array.isArray(choices) ? choices.filter((choice) => typeof choice === "string") : [];
}
