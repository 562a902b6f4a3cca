/** The part of an image that an activation saw, cut out of the image by the browser: one request shows both. */
import type { SampleView } from "../api/types";

interface PatchProps {
  readonly url: string;
  readonly box: NonNullable<SampleView["box"]>;
  /** Width over height of the image. */
  readonly ratio: number;
  readonly color: string;
}

export function Patch({ url, box, ratio, color }: PatchProps) {
  const [width, height] = [Math.max(1e-6, box.x1 - box.x0), Math.max(1e-6, box.y1 - box.y0)];
  return (
    <div class="example-patch" style={{ aspectRatio: String((width * ratio) / height), borderColor: color }}>
      <img
        src={url}
        alt=""
        loading="lazy"
        decoding="async"
        style={{ width: `${100 / width}%`, height: `${100 / height}%`, left: `${(-100 * box.x0) / width}%`, top: `${(-100 * box.y0) / height}%` }}
      />
    </div>
  );
}
