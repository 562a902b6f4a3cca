/* Generated from the server's OpenAPI by `npm run types`; do not edit. */

export interface paths {
    "/api/v1/atlases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The atlases served */
        get: operations["get_atlases_api_v1_atlases_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One atlas, as the viewer needs it */
        get: operations["get_atlas_api_v1_atlases__atlas__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/divergence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The heat maps: divergence by layer, grid and pair */
        get: operations["get_divergence_api_v1_atlases__atlas__divergence_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/divergence.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The heat maps as a picture */
        get: operations["get_divergence_picture_api_v1_atlases__atlas__divergence_png_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/divergence.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The heat maps as a drawing */
        get: operations["get_divergence_drawing_api_v1_atlases__atlas__divergence_svg_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Image-set metrics by layer and pair */
        get: operations["get_metrics_api_v1_atlases__atlas__metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/cells": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every cell of a grid, column-wise */
        get: operations["get_cells_api_v1_atlases__atlas__layers__layer__grids__size__cells_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/cells/outside": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What lies beyond the map */
        get: operations["get_outside_api_v1_atlases__atlas__layers__layer__grids__size__cells_outside_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/cells/outside/examples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Members beyond the map, paged */
        get: operations["get_outside_examples_api_v1_atlases__atlas__layers__layer__grids__size__cells_outside_examples_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/cells/{column}/{row}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything of one cell */
        get: operations["get_cell_api_v1_atlases__atlas__layers__layer__grids__size__cells__column___row__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/cells/{column}/{row}/examples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Members of one cell, paged */
        get: operations["get_examples_api_v1_atlases__atlas__layers__layer__grids__size__cells__column___row__examples_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the figures of a layer come from, by cell, column-wise */
        get: operations["get_figures_api_v1_atlases__atlas__layers__layer__grids__size__figures_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/datasets/{dataset}/nearest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Images beside their nearest of the reference, the most alike first */
        get: operations["get_nearest_api_v1_atlases__atlas__datasets__dataset__nearest_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Points: row, x, y, dataset, class, as an Arrow IPC stream
         * @description One record batch, uncompressed, rows rising. A smaller limit gives a subset of a larger one.
         */
        get: operations["get_points_api_v1_atlases__atlas__layers__layer__points_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/selection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Count, page and trace a selection of points */
        post: operations["post_selection_api_v1_atlases__atlas__layers__layer__selection_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Labels by name */
        get: operations["get_labels_api_v1_atlases__atlas__labels_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cells ranked by the share of a label among a dataset's members */
        get: operations["get_search_api_v1_atlases__atlas__layers__layer__grids__size__search_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/attribution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The effect of every cell on one class */
        get: operations["get_attribution_api_v1_atlases__atlas__layers__layer__grids__size__attribution_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/icons/{kind}/{of}.dzi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The description of a Deep Zoom pyramid */
        get: operations["get_dzi_api_v1_atlases__atlas__layers__layer__grids__size__icons__kind___of__dzi_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/icons/{kind}/{of}_files/{level}/{column}_{row}.webp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One tile */
        get: operations["get_tile_api_v1_atlases__atlas__layers__layer__grids__size__icons__kind___of__files__level___column___row__webp_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/datasets/{dataset}/images/{image}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The stored image */
        get: operations["get_image_api_v1_atlases__atlas__datasets__dataset__images__image__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/datasets/{dataset}/images/{image}/patch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a layer's activation saw of the image */
        get: operations["get_patch_api_v1_atlases__atlas__datasets__dataset__images__image__patch_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/atlases/{atlas}/datasets/{dataset}/images/{image}/trace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the image lies in every layer */
        get: operations["get_trace_api_v1_atlases__atlas__datasets__dataset__images__image__trace_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server is alive, and has an atlas to show */
        get: operations["get_health_healthz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures for Prometheus */
        get: operations["get_figures_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** AtlasList */
        AtlasList: {
            /** Atlases */
            atlases: components["schemas"]["AtlasSummary"][];
            /**
             * Unavailable
             * @default []
             */
            unavailable: components["schemas"]["UnavailableAtlas"][];
        };
        /** AtlasSummary */
        AtlasSummary: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /**
             * Status
             * @enum {string}
             */
            status: "building" | "complete";
            progress: components["schemas"]["ProgressView"] | null;
            /** Digest */
            digest: string;
            /** Datasets */
            datasets: string[];
            /** Layers */
            layers: string[];
            /** Images */
            images: number;
        };
        /**
         * AtlasView
         * @description A manifest as the viewer needs it; also inlined in the page.
         */
        AtlasView: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /**
             * Status
             * @enum {string}
             */
            status: "building" | "complete";
            progress: components["schemas"]["ProgressView"] | null;
            /** Digest */
            digest: string;
            /** Datasets */
            datasets: components["schemas"]["DatasetView"][];
            /** Reference */
            reference: string;
            /** Pairs */
            pairs: [
                string,
                string
            ][];
            /** Classes */
            classes: string[];
            /** Labels */
            labels: string[];
            /** Classifier */
            classifier: string | null;
            /** Layers */
            layers: components["schemas"]["LayerView"][];
            /** Divergence Version */
            divergence_version: string | null;
            /**
             * Divergence Pictures
             * @description measure -> version of divergence.png?measure=
             */
            divergence_pictures: {
                [key: string]: string;
            };
            /**
             * Metrics Version
             * @description of metrics; null where they were not computed, or not yet
             */
            metrics_version: string | null;
            /** Positions Per Image */
            positions_per_image: number;
            /** Min Count */
            min_count: number;
            /** Min Test */
            min_test: number;
            /** Fdr */
            fdr: number;
            /** Warnings */
            warnings: string[];
            /** Missing */
            missing: components["schemas"]["MissingView"][];
            /** Versions */
            versions: {
                [key: string]: string;
            };
        };
        /**
         * AttributionMap
         * @description One class over the grid: opacity is effect / max, clipped at 0.
         */
        AttributionMap: {
            /** Label */
            label: string;
            /** Column */
            column: number[];
            /** Row */
            row: number[];
            /** Effect */
            effect: number[];
            /** Maximum */
            maximum: number;
        };
        /** AttributionShare */
        AttributionShare: {
            /** Name */
            name: string;
            /** Effect */
            effect: number;
            /** Members */
            members: number;
        };
        /**
         * Box
         * @description A rectangle in fractions of the image's width and height, 0..1.
         */
        Box: {
            /** X0 */
            x0: number;
            /** Y0 */
            y0: number;
            /** X1 */
            x1: number;
            /** Y1 */
            y1: number;
        };
        /**
         * CellColumns
         * @description Every occupied cell of a grid, column-wise: all lists have the same length; *outside*, if any, is last, as (-1, -1).
         */
        CellColumns: {
            /** Layer */
            layer: string;
            /** Size */
            size: number;
            /** Version */
            version: string;
            /** Column */
            column: number[];
            /** Row */
            row: number[];
            /**
             * Count
             * @description dataset -> points
             */
            count: {
                [key: string]: number[];
            };
            /**
             * Label
             * @description index into classes: highest attribution, else the members' most frequent class
             */
            label: (number | null)[];
            /** Spread */
            spread: number[];
            /** Pairs */
            pairs: components["schemas"]["PairColumns"][];
            /** Faithfulness */
            faithfulness: components["schemas"]["FaithfulnessColumns"][];
        };
        /**
         * CellFigures
         * @description Where the figures of a layer come from, column-wise, in the order of the grid's cells.
         */
        CellFigures: {
            /** Layer */
            layer: string;
            /** Size */
            size: number;
            /** Pairs */
            pairs: components["schemas"]["PairFiguresColumns"][];
        };
        /** CellRef */
        CellRef: {
            /** Column */
            column: number;
            /** Row */
            row: number;
        };
        /**
         * CellView
         * @description Everything of one cell.
         */
        CellView: {
            /** Layer */
            layer: string;
            /** Size */
            size: number;
            /** Column */
            column: number;
            /** Row */
            row: number;
            /** Total */
            total: number;
            /** Label */
            label: string | null;
            /** Spread */
            spread: number;
            /** Datasets */
            datasets: components["schemas"]["DatasetInCell"][];
            /** Pairs */
            pairs: components["schemas"]["PairInCell"][];
            /**
             * Attribution
             * @description highest first, at most 10; null where this atlas has none
             */
            attribution: components["schemas"]["AttributionShare"][] | null;
            /** Icons */
            icons: components["schemas"]["IconInCell"][];
            /**
             * Parent
             * @description (column, row) in the next coarser grid of the atlas
             */
            parent: [
                number,
                number
            ] | null;
            /**
             * Children
             * @description occupied cells inside this one in the next finer grid of the atlas
             */
            children: [
                number,
                number
            ][];
        };
        /** DatasetInCell */
        DatasetInCell: {
            /** Dataset */
            dataset: string;
            /** Count */
            count: number;
            /**
             * Share
             * @description of the dataset's points on this layer
             */
            share: number;
            /**
             * Low
             * @description 95 % Wilson interval of share
             */
            low: number;
            /** High */
            high: number;
            exemplar: components["schemas"]["SampleView"] | null;
            /**
             * Labels
             * @description most frequent first, at most 10 a source
             */
            labels: components["schemas"]["LabelShare"][];
        };
        /** DatasetView */
        DatasetView: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /** Count */
            count: number;
            /** Has Images */
            has_images: boolean;
            /** Has Labels */
            has_labels: boolean;
            /** Reference */
            reference: boolean;
            /** Skipped Count */
            skipped_count: number;
            /**
             * Skipped
             * @description the first 20 of the inputs that could not be used, and why
             */
            skipped: components["schemas"]["SkippedView"][];
            /**
             * Formats
             * @description images by file format
             */
            formats: {
                [key: string]: number;
            };
            /**
             * Sizes
             * @description images by 'width x height', the most frequent and 'other'
             */
            sizes: {
                [key: string]: number;
            };
            /** Source */
            source: string;
            /** @description null where the dataset is of no series */
            series: components["schemas"]["SeriesView"] | null;
            /**
             * Version
             * @description of the images: .../images/{image}?v={version}; null without images
             */
            version: string | null;
            /**
             * Scores Version
             * @description of nearest; null where scores were not computed, or not yet
             */
            scores_version: string | null;
        };
        /**
         * Divergence
         * @description The whole document.
         */
        Divergence: {
            /**
             * Measures
             * @description name of each measure: one sentence on what it is, with its unit
             */
            measures: {
                [key: string]: string;
            };
            /** Entries */
            entries: components["schemas"]["DivergenceEntry"][];
        };
        /**
         * DivergenceEntry
         * @description One pair of datasets on one grid of one layer. JS in bits, KL in nats; corrected = minus the permutation mean.
         */
        DivergenceEntry: {
            /** Layer */
            layer: string;
            /** Size */
            size: number;
            /** First */
            first: string;
            /** Second */
            second: string;
            /**
             * Is Self
             * @description a random half of the reference against the other half: the noise floor
             */
            is_self: boolean;
            /**
             * N
             * @description points of the first dataset, outside included
             */
            n: number;
            /** M */
            m: number;
            /** Occupied */
            occupied: number;
            /** Points Per Cell */
            points_per_cell: number;
            /**
             * Valid
             * @description false where points_per_cell < 5: biased low, shown greyed
             */
            valid: boolean;
            /**
             * Js
             * @description plug-in estimate
             */
            js: number;
            /** Js Null Mean */
            js_null_mean: number;
            /** Js Null Sd */
            js_null_sd: number;
            /** Js Corrected */
            js_corrected: number;
            /**
             * Js Low
             * @description 95 % interval of js_corrected
             */
            js_low: number;
            /** Js High */
            js_high: number;
            /** Z */
            z: number;
            /**
             * P
             * @description permutation p of js
             */
            p: number;
            /** Permutations */
            permutations: number;
            /**
             * Kl
             * @description KL(first || second), pseudo-counts, corrected
             */
            kl: number;
            /**
             * Kl Reverse
             * @description KL(second || first), pseudo-counts, corrected
             */
            kl_reverse: number;
            /**
             * Js Within
             * @description part of js that this grid adds to the next coarser size in the atlas; js itself at the coarsest
             */
            js_within: number;
            /**
             * Within Null Mean
             * @description mean of js_within over draws given the next coarser grid's totals: what it adds by chance; null at the coarsest, and where points are not independent
             */
            within_null_mean?: number | null;
            /**
             * Within P
             * @description of js_within: whether the sets differ at this scale, too
             */
            within_p?: number | null;
            /**
             * Split Tested
             * @description cells of the next coarser grid whose division was tested
             * @default 0
             */
            split_tested: number;
            /**
             * Split Significant
             * @description of them, with q below the false discovery rate
             * @default 0
             */
            split_significant: number;
            /**
             * Needed
             * @description points a set from which a mode of 5 %, filling one cell, would be seen halved four times in five; null where points are not independent
             */
            needed?: number | null;
            /**
             * Js Seeds
             * @description js_corrected of layouts from other seeds, where asked for
             * @default []
             */
            js_seeds: number[];
            /**
             * Significant Seeds
             * @description significant cells of these
             * @default []
             */
            significant_seeds: number[];
            /**
             * Agreement
             * @description mean rank correlation, over points, of the effect of the cell that each lies in, between these layouts and this one
             */
            agreement?: number | null;
            /**
             * Significant
             * @description cells with q below the false discovery rate; 0 for is_self
             */
            significant: number;
            /** Tested */
            tested: number;
        };
        /**
         * ErrorAnswer
         * @description The one shape of every error.
         */
        ErrorAnswer: {
            error: components["schemas"]["ErrorBody"];
        };
        /** ErrorBody */
        ErrorBody: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /**
             * Detail
             * @default {}
             */
            detail: {
                [key: string]: unknown;
            };
        };
        /**
         * ExamplePage
         * @description One page of a cell's members of one dataset; pass `next_cursor` back as `cursor` for the next.
         */
        ExamplePage: {
            /** Dataset */
            dataset: string;
            /**
             * Order
             * @enum {string}
             */
            order: "nearest" | "random" | "stored" | "realism" | "-realism" | "density" | "-density" | "copies";
            /** Total */
            total: number;
            /** Items */
            items: components["schemas"]["SampleView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /** FaithfulnessColumns */
        FaithfulnessColumns: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "exemplar" | "inverted" | "decoded";
            /** Of */
            of: string;
            /** Values */
            values: (number | null)[];
        };
        /** GridView */
        GridView: {
            /** Size */
            size: number;
            /** Occupied */
            occupied: number;
            /** Version */
            version: string;
            /** Attribution Version */
            attribution_version: string | null;
            /**
             * Figures Version
             * @description of figures; null where they were not computed, or not yet
             */
            figures_version: string | null;
            /** Icons */
            icons: components["schemas"]["PyramidView"][];
        };
        /**
         * Health
         * @description Alive when it answers; `ok` when at least one atlas can be read.
         */
        Health: {
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "starting";
            /** Atlases */
            atlases: number;
        };
        /** IconInCell */
        IconInCell: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "exemplar" | "inverted" | "decoded";
            /** Of */
            of: string;
            /** Faithfulness */
            faithfulness: number | null;
        };
        /** LabelList */
        LabelList: {
            /** Query */
            query: string;
            /** Labels */
            labels: components["schemas"]["LabelView"][];
        };
        /** LabelShare */
        LabelShare: {
            /** Name */
            name: string;
            /**
             * Source
             * @enum {string}
             */
            source: "predicted" | "given";
            /** Count */
            count: number;
            /**
             * Share
             * @description of the dataset's members in this cell
             */
            share: number;
            /**
             * Lift
             * @description share over the label's share in the whole dataset
             */
            lift: number;
        };
        /** LabelView */
        LabelView: {
            /** Name */
            name: string;
            /**
             * Source
             * @enum {string}
             */
            source: "predicted" | "given";
            /**
             * Counts
             * @description dataset -> images
             */
            counts: {
                [key: string]: number;
            };
        };
        /** LayerView */
        LayerView: {
            /** Name */
            name: string;
            /** Channels */
            channels: number;
            /** Height */
            height: number;
            /** Width */
            width: number;
            /** Stride */
            stride: number | null;
            /** Receptive Field */
            receptive_field: number | null;
            /** Point Count */
            point_count: number;
            /** Outside Count */
            outside_count: number;
            /**
             * Points Version
             * @description of points, examples, patches and traces of this layer
             */
            points_version: string;
            /** Trustworthiness */
            trustworthiness: number | null;
            /** Continuity */
            continuity: number | null;
            /** Stability */
            stability: number | null;
            /** Grids */
            grids: components["schemas"]["GridView"][];
        };
        /**
         * MetricFigure
         * @description One number. What a metric does not have is null.
         */
        MetricFigure: {
            /**
             * Value
             * @description null where it cannot be computed; warnings say why
             */
            value: number | null;
            /**
             * N
             * @description images of the first dataset
             */
            n: number;
            /**
             * M
             * @description images of the second dataset
             */
            m: number;
            /**
             * Low
             * @description 95 % interval over other images, same sizes
             */
            low: number | null;
            /** High */
            high: number | null;
            /**
             * Floor
             * @description what two samples of one distribution would show here, by theory
             */
            floor: number | null;
            /**
             * Baseline
             * @description what real against real does show, baseline_n images a set
             */
            baseline: number | null;
            /**
             * At Baseline
             * @description this figure with as many images as the baseline
             */
            at_baseline: number | null;
            /** Baseline N */
            baseline_n: number | null;
            /**
             * P
             * @description of equal distributions, by permutation (C_T: normal)
             */
            p: number | null;
            /**
             * P Adjusted
             * @description p of one label, adjusted for the number of labels (Benjamini-Hochberg); null elsewhere
             */
            p_adjusted: number | null;
            /**
             * Spread
             * @description standard deviation over subsets or splits; no standard error
             */
            spread: number | null;
            /**
             * Warnings
             * @default []
             */
            warnings: string[];
        };
        /**
         * Metrics
         * @description The whole document.
         */
        Metrics: {
            /**
             * Measures
             * @description name of each figure: one sentence on what it is
             */
            measures: {
                [key: string]: string;
            };
            /**
             * K Precision
             * @description neighbours of precision and recall
             */
            k_precision: number;
            /**
             * K Density
             * @description neighbours of density and coverage
             */
            k_density: number;
            /** Permutations */
            permutations: number;
            /**
             * Held Out
             * @description dataset of real images that the generators were not trained on
             */
            held_out: string | null;
            /** Entries */
            entries: components["schemas"]["MetricsEntry"][];
        };
        /**
         * MetricsEntry
         * @description One pair of datasets in one space of features.
         */
        MetricsEntry: {
            /**
             * Layer
             * @description whose features; null for logits and for other networks
             */
            layer: string | null;
            /**
             * Features
             * @description position: an image's activation at its first sampled position, its point on the map; pooled: the mean over all positions of the last layer, the final features; logits: the network's answers; inception-tf and inception-clean: Inception-V3's pool3 after either resizing, whose distances are FID and KID; dinov2: DINOv2's class token
             * @enum {string}
             */
            features: "position" | "pooled" | "logits" | "inception-tf" | "inception-clean" | "dinov2";
            /**
             * First
             * @description the reference
             */
            first: string;
            /** Second */
            second: string;
            /**
             * Is Self
             * @description a random half of the reference against the other half
             */
            is_self: boolean;
            /**
             * Label
             * @description images of this label alone; null for all
             */
            label: string | null;
            /** Label Source */
            label_source: ("given" | "predicted") | null;
            /**
             * Dimension
             * @description of the features
             */
            dimension: number;
            /** Figures */
            figures: {
                [key: string]: components["schemas"]["MetricFigure"];
            };
            /**
             * Warnings
             * @description what concerns all figures
             * @default []
             */
            warnings: string[];
        };
        /** MissingView */
        MissingView: {
            /** What */
            what: string;
            /** Reason */
            reason: string;
        };
        /**
         * NearestPage
         * @description A dataset's images and their nearest of the reference, the most alike first.
         */
        NearestPage: {
            /** Dataset */
            dataset: string;
            /** Reference */
            reference: string;
            /**
             * By
             * @enum {string}
             */
            by: "features" | "pixels";
            /** Total */
            total: number;
            /** Items */
            items: components["schemas"]["NearestView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * NearestView
         * @description An image beside its nearest image of the reference.
         */
        NearestView: {
            /** Image */
            image: number;
            /** Name */
            name: string;
            /** Nearest */
            nearest: number;
            /** Nearest Name */
            nearest_name: string;
            /** Distance */
            distance: number;
            /**
             * Ratio
             * @description distance over the nearest one's own to its nearest: far below 1 for a copy
             */
            ratio: number;
        };
        /**
         * PairColumns
         * @description Per-cell figures of one pair. Sign: + where there is more of `first`.
         */
        PairColumns: {
            /** First */
            first: string;
            /** Second */
            second: string;
            /**
             * Contribution
             * @description to JS, bits, signed
             */
            contribution: number[];
            /**
             * Effect
             * @description log2 ratio of shares
             */
            effect: number[];
            /**
             * P
             * @description two-sided mid-p; null where not tested
             */
            p: (number | null)[];
            /**
             * Q
             * @description Benjamini-Hochberg adjusted; null where not tested
             */
            q: (number | null)[];
        };
        /**
         * PairFiguresColumns
         * @description Parts of the figures of `second` beside `first`, the reference, by cell: counts of the images that were looked at.
         */
        PairFiguresColumns: {
            /** First */
            first: string;
            /** Second */
            second: string;
            /**
             * N
             * @description images of the first looked at
             */
            n: number[];
            /**
             * M
             * @description images of the second looked at
             */
            m: number[];
            /**
             * Outside
             * @description of the second, in no ball of the first; their sum over m is 1 - precision
             */
            outside: number[];
            /**
             * Missed
             * @description of the first, in no ball of the second; over n: 1 - recall
             */
            missed: number[];
            /**
             * Uncovered
             * @description of the first, whose ball holds none of the second; over n: 1 - coverage
             */
            uncovered: number[];
            /**
             * Close
             * @description of the second, not authentic; over m: 1 - AuthPct / 100
             */
            close: number[];
            /**
             * Density
             * @description sum over images of the second; over m: the density
             */
            density: number[];
            /**
             * Copying
             * @description z of C_T: far below 0 where the second lies nearer to the first than held-out images do; null in cells with fewer than 10 of either, and without held-out images
             */
            copying: (number | null)[] | null;
        };
        /** PairInCell */
        PairInCell: {
            /** First */
            first: string;
            /** Second */
            second: string;
            /** Contribution */
            contribution: number;
            /** Effect */
            effect: number;
            /** P */
            p: number | null;
            /** Q */
            q: number | null;
            /** Significant */
            significant: boolean;
        };
        /**
         * PlaceColumns
         * @description Where some points lie on a layer's map, column-wise.
         */
        PlaceColumns: {
            /** Point */
            point: number[];
            /** X */
            x: number[];
            /** Y */
            y: number[];
            /**
             * Dataset
             * @description index into the atlas's datasets
             */
            dataset: number[];
        };
        /** ProgressView */
        ProgressView: {
            /** Step */
            step: string;
            /** Done */
            done: number;
            /** Total */
            total: number;
        };
        /**
         * PyramidView
         * @description A Deep Zoom pyramid at .../icons/{kind}/{of}.dzi?v={version}.
         */
        PyramidView: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "exemplar" | "inverted" | "decoded";
            /** Of */
            of: string;
            /** Version */
            version: string;
            /** Width */
            width: number;
            /** Height */
            height: number;
            /** Tile Size */
            tile_size: number;
            /** Icon Size */
            icon_size: number;
            /** Icons */
            icons: number;
        };
        /**
         * SampleView
         * @description One image's activation at one position.
         */
        SampleView: {
            /**
             * Point
             * @description row in points.arrow
             */
            point: number;
            /** Dataset */
            dataset: string;
            /** Image */
            image: number;
            /**
             * Position
             * @description which draw of the image's positions; patch?position=
             */
            position: number;
            /** Name */
            name: string;
            /**
             * Label
             * @description given by the source
             */
            label: string | null;
            /**
             * Top
             * @description the classifier's most likely class
             */
            top: string | null;
            /** Row */
            row: number;
            /** Column */
            column: number;
            /** X */
            x: number;
            /** Y */
            y: number;
            /** Width */
            width: number | null;
            /** Height */
            height: number | null;
            /** @description null where the image was not looked at, or scores were not computed */
            scores: components["schemas"]["ScoresView"] | null;
            /** @description what the activation saw: the effective receptive field, clipped to the image */
            box: components["schemas"]["Box"] | null;
            /**
             * Nearness
             * @description cosine with the cell's mean in 32 principal components
             */
            nearness: number | null;
        };
        /**
         * ScoresView
         * @description What is known of one image beside the reference, on the final features.
         */
        ScoresView: {
            /**
             * Realism
             * @description above 1 inside a ball of the reference
             */
            realism: number;
            /**
             * Density
             * @description balls of the reference that it lies in, over k
             */
            density: number;
            /**
             * Nearest
             * @description nearest image of the reference; of its own images, the nearest other
             */
            nearest: number;
            /** Distance */
            distance: number;
            /**
             * Ratio
             * @description that distance over the nearest one's own to its nearest: far below 1 for a copy
             */
            ratio: number;
            /**
             * Pixel Nearest
             * @description nearest image of the reference pixel by pixel; null where that is not known
             */
            pixel_nearest: number | null;
            /**
             * Pixel Ratio
             * @description as ratio, of distances between pixels
             */
            pixel_ratio: number | null;
        };
        /** SearchHit */
        SearchHit: {
            /** Column */
            column: number;
            /** Row */
            row: number;
            /** Share */
            share: number;
            /** Lift */
            lift: number;
            /**
             * Count
             * @description the dataset's members with the label
             */
            count: number;
            /**
             * Members
             * @description the dataset's members in the cell
             */
            members: number;
        };
        /** SearchView */
        SearchView: {
            /** Label */
            label: string;
            /**
             * Source
             * @enum {string}
             */
            source: "predicted" | "given";
            /** Dataset */
            dataset: string;
            /** Hits */
            hits: components["schemas"]["SearchHit"][];
        };
        /**
         * SelectionRequest
         * @description Members by cells of a grid, by rows of points, or inside a polygon on the map; exactly one of the three.
         */
        SelectionRequest: {
            /**
             * Size
             * @description grid size, with cells
             */
            size?: number | null;
            /** Cells */
            cells?: components["schemas"]["CellRef"][] | null;
            /** Rows */
            rows?: number[] | null;
            /** Polygon */
            polygon?: [
                number,
                number
            ][] | null;
            /**
             * Dataset
             * @description only this dataset's members in the page
             */
            dataset?: string | null;
            /**
             * Layers
             * @description layers in which the members' rows are wanted
             * @default []
             */
            layers: string[];
            /**
             * Places
             * @description members, at most, whose places in those layers are wanted too
             * @default 0
             */
            places: number;
            /**
             * Order
             * @default stored
             * @enum {string}
             */
            order: "nearest" | "random" | "stored" | "realism" | "-realism" | "density" | "-density" | "copies";
            /** Cursor */
            cursor?: string | null;
            /**
             * Limit
             * @default 50
             */
            limit: number;
        };
        /** SelectionView */
        SelectionView: {
            /** Layer */
            layer: string;
            /** Counts */
            counts: {
                [key: string]: number;
            };
            /** Total */
            total: number;
            /** Items */
            items: components["schemas"]["SampleView"][];
            /** Next Cursor */
            next_cursor: string | null;
            /**
             * Elsewhere
             * @description layer -> rows of points of the members there (the first 100,000)
             */
            elsewhere: {
                [key: string]: number[];
            };
            /**
             * Places
             * @description layer -> where members lie there; the same ones on every layer
             */
            places: {
                [key: string]: components["schemas"]["PlaceColumns"];
            };
        };
        /**
         * SeriesView
         * @description A dataset's place among sets of which one thing changes.
         */
        SeriesView: {
            /**
             * Name
             * @description what changes: truncation, step …
             */
            name: string;
            /** Value */
            value: number;
        };
        /** SkippedView */
        SkippedView: {
            /** Name */
            name: string;
            /** Reason */
            reason: string;
        };
        /** TraceStop */
        TraceStop: {
            /** Layer */
            layer: string;
            /** Position */
            position: number;
            /** Point */
            point: number;
            /** X */
            x: number;
            /** Y */
            y: number;
            /** Outside */
            outside: boolean;
        };
        /** TraceView */
        TraceView: {
            /** Dataset */
            dataset: string;
            /** Image */
            image: number;
            /** Stops */
            stops: components["schemas"]["TraceStop"][];
        };
        /**
         * UnavailableAtlas
         * @description An atlas that cannot be read now: being built without a map yet (`not_ready`), or damaged.
         */
        UnavailableAtlas: {
            /** Name */
            name: string;
            /**
             * Code
             * @enum {string}
             */
            code: "not_ready" | "damaged";
            /** Message */
            message: string;
            progress?: components["schemas"]["ProgressView"] | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_atlases_api_v1_atlases_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AtlasList"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_atlas_api_v1_atlases__atlas__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AtlasView"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_divergence_api_v1_atlases__atlas__divergence_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Divergence"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_divergence_picture_api_v1_atlases__atlas__divergence_png_get: {
        parameters: {
            query?: {
                /** @description KL (nats) or corrected JS (bits) */
                measure?: "kl" | "js";
            };
            header?: never;
            path: {
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_divergence_drawing_api_v1_atlases__atlas__divergence_svg_get: {
        parameters: {
            query?: {
                /** @description KL (nats) or corrected JS (bits) */
                measure?: "kl" | "js";
                /** @description light is for paper */
                theme?: "light" | "dark";
            };
            header?: never;
            path: {
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": unknown;
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_metrics_api_v1_atlases__atlas__metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Metrics"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_cells_api_v1_atlases__atlas__layers__layer__grids__size__cells_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CellColumns"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_outside_api_v1_atlases__atlas__layers__layer__grids__size__cells_outside_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CellView"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_outside_examples_api_v1_atlases__atlas__layers__layer__grids__size__cells_outside_examples_get: {
        parameters: {
            query: {
                /** @description name of the dataset whose members are wanted */
                dataset: string;
                /** @description nearest to the cell's mean, random (the same each time), stored, or by a score of the image on the final features: realism or density, highest first (-: lowest first), copies (nearest to an image of the reference first) */
                order?: "nearest" | "random" | "stored" | "realism" | "-realism" | "density" | "-density" | "copies";
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description items a page */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExamplePage"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_cell_api_v1_atlases__atlas__layers__layer__grids__size__cells__column___row__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description from the left, 0 to size - 1; -1 with row -1 is outside */
                column: number;
                /** @description from the top, 0 to size - 1; -1 with column -1 is outside */
                row: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CellView"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_examples_api_v1_atlases__atlas__layers__layer__grids__size__cells__column___row__examples_get: {
        parameters: {
            query: {
                /** @description name of the dataset whose members are wanted */
                dataset: string;
                /** @description nearest to the cell's mean, random (the same each time), stored, or by a score of the image on the final features: realism or density, highest first (-: lowest first), copies (nearest to an image of the reference first) */
                order?: "nearest" | "random" | "stored" | "realism" | "-realism" | "density" | "-density" | "copies";
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description items a page */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description from the left, 0 to size - 1; -1 with row -1 is outside */
                column: number;
                /** @description from the top, 0 to size - 1; -1 with column -1 is outside */
                row: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExamplePage"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_figures_api_v1_atlases__atlas__layers__layer__grids__size__figures_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CellFigures"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_nearest_api_v1_atlases__atlas__datasets__dataset__nearest_get: {
        parameters: {
            query?: {
                /** @description on the final features, or pixel by pixel at 32 x 32 */
                by?: "features" | "pixels";
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description items a page */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description name of a dataset */
                dataset: string;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NearestPage"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_points_api_v1_atlases__atlas__layers__layer__points_get: {
        parameters: {
            query?: {
                /** @description points, at most */
                limit?: number;
                /** @description only this dataset's */
                dataset?: string | null;
            };
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.apache.arrow.stream": unknown;
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    post_selection_api_v1_atlases__atlas__layers__layer__selection_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SelectionRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SelectionView"];
                };
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_labels_api_v1_atlases__atlas__labels_get: {
        parameters: {
            query?: {
                /** @description part of a name; empty for all */
                q?: string;
                /** @description labels, at most */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelList"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_search_api_v1_atlases__atlas__layers__layer__grids__size__search_get: {
        parameters: {
            query: {
                /** @description name of a label */
                label: string;
                /** @description name of a dataset */
                dataset: string;
                /** @description given by the images' source, or predicted by the classifier; given first */
                source?: ("predicted" | "given") | null;
                /** @description the dataset's members in a cell, at least */
                min_members?: number;
                /** @description cells, at most */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchView"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_attribution_api_v1_atlases__atlas__layers__layer__grids__size__attribution_get: {
        parameters: {
            query: {
                /** @description name of a label */
                label: string;
            };
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributionMap"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_dzi_api_v1_atlases__atlas__layers__layer__grids__size__icons__kind___of__dzi_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description exemplar, inverted or decoded */
                kind: string;
                /** @description joint, or the name of a dataset */
                of: string;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/xml": unknown;
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_tile_api_v1_atlases__atlas__layers__layer__grids__size__icons__kind___of__files__level___column___row__webp_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of a layer */
                layer: string;
                /** @description cells a side: 10, 20, 40, 80, 160 or 320 */
                size: number;
                /** @description exemplar, inverted or decoded */
                kind: string;
                /** @description joint, or the name of a dataset */
                of: string;
                /** @description of the pyramid; 0 is one pixel */
                level: number;
                /** @description of the tile, from the left */
                column: number;
                /** @description of the tile, from the top */
                row: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_image_api_v1_atlases__atlas__datasets__dataset__images__image__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of a dataset */
                dataset: string;
                /** @description index of an image in its dataset */
                image: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_patch_api_v1_atlases__atlas__datasets__dataset__images__image__patch_get: {
        parameters: {
            query: {
                /** @description name of a layer */
                layer: string;
                /** @description which of the image's sampled positions */
                position?: number;
            };
            header?: never;
            path: {
                /** @description name of a dataset */
                dataset: string;
                /** @description index of an image in its dataset */
                image: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": unknown;
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_trace_api_v1_atlases__atlas__datasets__dataset__images__image__trace_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of a dataset */
                dataset: string;
                /** @description index of an image in its dataset */
                image: number;
                /** @description name of an atlas */
                atlas: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceView"];
                };
            };
            /** @description the client has this version */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description a token is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description no such thing; `detail.choices` names what there is */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_health_healthz_get: {
        parameters: {
            query?: {
                /** @description be 503 until there is an atlas to show: for a probe of readiness */
                ready?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description a parameter is wrong; `detail.fields` lists them */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description the atlas is damaged, or not ready yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_figures_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
}
