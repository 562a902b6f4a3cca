/** The server's answers under short names; their shapes come from its OpenAPI (schema.d.ts, `npm run types`). */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AtlasList = Schemas["AtlasList"];
export type AtlasSummary = Schemas["AtlasSummary"];
export type AtlasView = Schemas["AtlasView"];
export type DatasetView = Schemas["DatasetView"];
export type LayerView = Schemas["LayerView"];
export type GridView = Schemas["GridView"];
export type PyramidView = Schemas["PyramidView"];
export type CellColumns = Schemas["CellColumns"];
export type CellView = Schemas["CellView"];
export type DatasetInCell = Schemas["DatasetInCell"];
export type LabelShare = Schemas["LabelShare"];
export type SampleView = Schemas["SampleView"];
export type ExamplePage = Schemas["ExamplePage"];
export type PlaceColumns = Schemas["PlaceColumns"];
export type SelectionRequest = Partial<Schemas["SelectionRequest"]>;
export type SelectionView = Schemas["SelectionView"];
export type TraceView = Schemas["TraceView"];
export type LabelView = Schemas["LabelView"];
export type LabelList = Schemas["LabelList"];
export type SearchView = Schemas["SearchView"];
export type AttributionMap = Schemas["AttributionMap"];
export type Divergence = Schemas["Divergence"];
export type DivergenceEntry = Schemas["DivergenceEntry"];
export type Metrics = Schemas["Metrics"];
export type MetricsEntry = Schemas["MetricsEntry"];
export type MetricFigure = Schemas["MetricFigure"];
export type CellFigures = Schemas["CellFigures"];
export type NearestPage = Schemas["NearestPage"];
