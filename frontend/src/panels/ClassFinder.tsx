/** Find a class: suggestions as one types; the map then fades by what points to it, and the drawer lists where it is. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { LabelView } from "../api/types";
import { formatCount } from "../lib/format";
import { useStore } from "./context";
import "./ClassFinder.css";

/** As one types, the list scrolls; a name more is a name less to find. */
const SUGGESTED = 60;
const QUIET_MS = 120;

export function ClassFinder() {
  const store = useStore();
  const chosen = store.view.value.label;
  const [text, setText] = useState("");
  const [{ of, found }, setFound] = useState<{ of: string; found: readonly LabelView[] }>({ of: "", found: [] });
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  /** Enter was pressed before the suggestions for what is typed were there. */
  const entered = useRef(false);
  const atlas = store.atlas.value?.name ?? "";

  useEffect(() => {
    if (!open) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      store.source.labels(atlas, text, SUGGESTED, abort.signal).then(
        (list) => {
          // The same name as a given label and a predicted class is one suggestion.
          const labels = list.labels.filter((label, i) => list.labels.findIndex((other) => other.name === label.name) === i);
          if (entered.current && labels[0]) choose(labels[0].name);
          entered.current = false;
          setFound({ of: text, found: labels });
          setAt(0);
        },
        () => undefined,
      );
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, open, atlas]);

  useEffect(() => document.getElementById(`finder-${at}`)?.scrollIntoView({ block: "nearest" }), [at, found]);

  const choose = (name: string): void => {
    input.current?.blur();
    setText("");
    setOpen(false);
    store.menu.value = false;
    store.go({ label: name, cell: null, lasso: null, ranking: false });
  };
  return (
    <section class="field finder">
      <label for="finder">Find a class</label>
      <div class="finder-box">
        <input
          id="finder"
          ref={input}
          type="text"
          role="combobox"
          autocomplete="off"
          aria-expanded={open && found.length > 0}
          aria-controls="finder-list"
          aria-activedescendant={open && found[at] ? `finder-${at}` : undefined}
          placeholder={chosen ?? "lighthouse …"}
          value={text}
          onFocus={() => setOpen(true)}
          onBlur={() => {
            entered.current = false;
            setOpen(false);
          }}
          onInput={(event) => {
            entered.current = false;
            setText(event.currentTarget.value);
            setOpen(true);
          }}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown" || event.key === "ArrowUp") {
              event.preventDefault();
              setAt((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
            } else if (event.key === "Enter") {
              if (of !== text) entered.current = true;
              else if (found[at]) choose(found[at].name);
            } else if (event.key === "Escape") {
              event.stopPropagation();
              input.current?.blur();
            }
          }}
        />
        {chosen !== null && (
          <button type="button" class="button small" aria-label={`Let go of ${chosen}`} onClick={() => store.go({ label: null })}>
            ×
          </button>
        )}
      </div>
      <ul id="finder-list" class="finder-list" role="listbox" aria-label="Classes" hidden={!open || found.length === 0}>
        {open &&
          found.map((label, i) => (
            <li
              key={`${label.source}:${label.name}`}
              id={`finder-${i}`}
              role="option"
              aria-selected={i === at}
              // Before the field loses the focus.
              onMouseDown={(event) => {
                event.preventDefault();
                choose(label.name);
              }}
            >
              <span>{label.name}</span>
              <span class="faint">{formatCount(Object.values(label.counts).reduce((a, b) => a + b, 0))}</span>
            </li>
          ))}
      </ul>
    </section>
  );
}
