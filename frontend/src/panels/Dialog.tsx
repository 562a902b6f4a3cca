/** A modal sheet over the map, on the browser's own <dialog>: it keeps the focus inside. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./Icon";
import "./Dialog.css";

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** Between the title and the button that closes. */
  readonly tools?: ComponentChildren;
  /** Keys that the sheet takes before the page does. */
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}

export function Dialog({ title, children, onClose, wide = false, tools, onKeyDown }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    dialog?.focus();
    // The element is gone by the time it could give the focus back by itself.
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={`dialog ${wide ? "wide" : ""}`}
      aria-label={title}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-inside">
        <header class="drawer-head">
          <h2>{title}</h2>
          {tools}
          <button type="button" class="button icon" aria-label="Close" title="Close (Esc)" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        <div class="dialog-body scrolls">{children}</div>
      </div>
    </dialog>
  );
}
