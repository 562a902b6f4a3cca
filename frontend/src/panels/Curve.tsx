/** A small curve with its 95 % interval as a band and a line for the noise floor; the numbers are beside it or in its title. */
import { linear } from "../lib/metrics";

export interface CurveValue {
  readonly x: number;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly name: string;
}

interface CurveProps {
  readonly points: readonly CurveValue[];
  readonly width: number;
  readonly height: number;
  readonly floor?: number | null;
  readonly label: string;
  /** With dots that can be pointed at. */
  readonly dots?: boolean;
}

const EDGE = 4;

export function Curve({ points, width, height, floor = null, label, dots = false }: CurveProps) {
  const xs = points.map((p) => p.x);
  const ys = [...points.flatMap((p) => [p.value, p.low ?? p.value, p.high ?? p.value]), ...(floor === null ? [] : [floor])];
  const x = linear([Math.min(...xs), Math.max(...xs)], [EDGE, width - EDGE]);
  const y = linear([Math.min(...ys), Math.max(...ys)], [height - EDGE, EDGE]);
  const at = (px: number, py: number): string => `${x(px).toFixed(1)},${y(py).toFixed(1)}`;
  const band = [...points.map((p) => at(p.x, p.high ?? p.value)), ...[...points].reverse().map((p) => at(p.x, p.low ?? p.value))];
  return (
    <svg class="curve" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {floor !== null && <line class="curve-floor" x1={EDGE} x2={width - EDGE} y1={y(floor)} y2={y(floor)} />}
      <polygon class="curve-band" points={band.join(" ")} />
      <polyline class="curve-line" points={points.map((p) => at(p.x, p.value)).join(" ")} />
      {dots &&
        points.map((p) => (
          <circle key={p.name} class="curve-dot" cx={x(p.x)} cy={y(p.value)} r="3.5">
            <title>{`${p.name}: ${p.value}`}</title>
          </circle>
        ))}
    </svg>
  );
}
