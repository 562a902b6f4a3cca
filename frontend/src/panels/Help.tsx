/** Every key, from the table that the page obeys. */
import { SHORTCUTS } from "../state/keys";
import { useStore } from "./context";
import { Dialog } from "./Dialog";
import "./Help.css";

export function Help() {
  const store = useStore();
  if (!store.help.value) return null;
  const groups = ["Map", "Atlas", "Cells", "Page"] as const;
  return (
    <Dialog title="Keys" onClose={() => (store.help.value = false)}>
      <div class="help">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {SHORTCUTS.filter((s) => s.group === group).map((s) => (
                <div key={s.shown}>
                  <dt>
                    <kbd>{s.shown}</kbd>
                  </dt>
                  <dd>{s.what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="note">Drag to pan, wheel or pinch to zoom, double click to zoom in, click a cell for what is in it. The address of the page is a link to what you see.</p>
    </Dialog>
  );
}
