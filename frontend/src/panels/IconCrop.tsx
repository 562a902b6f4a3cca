/** The icon of one cell, cut out of the tiles of its pyramid. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { GridAddress } from "../api/source";
import type { PyramidView } from "../api/types";
import type { CellAt } from "../lib/geometry";
import { iconPieces } from "../lib/icons";
import { useStore } from "./context";

export function IconCrop({ address, pyramid, cell, name }: { address: GridAddress; pyramid: PyramidView; cell: CellAt; name: string }) {
  const { source } = useStore();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState(false);
  const { column, row } = cell;

  useEffect(() => {
    let alive = true;
    setFailed(false);
    const context = canvas.current?.getContext("2d");
    for (const piece of iconPieces(pyramid, { column, row })) {
      const image = new Image();
      image.onload = () => {
        if (alive) context?.drawImage(image, piece.sourceX, piece.sourceY, piece.width, piece.height, piece.x, piece.y, piece.width, piece.height);
      };
      image.onerror = () => alive && setFailed(true);
      image.src = source.tileUrl(address, pyramid, piece.level, piece.tileColumn, piece.tileRow);
    }
    return () => {
      alive = false;
    };
  }, [address.atlas, address.layer, address.size, pyramid.version, column, row]);

  if (failed) return <span class="icon-crop missing" title="This icon could not be loaded" />;
  // A new canvas for each cell: the old icon never shows under the new cell's name.
  return <canvas key={`${address.layer}/${address.size}/${column},${row}`} class="icon-crop" ref={canvas} width={pyramid.icon_size} height={pyramid.icon_size} {...(name ? { role: "img", "aria-label": name } : { "aria-hidden": true })} />;
}
