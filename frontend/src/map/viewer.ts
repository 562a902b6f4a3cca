/** The OpenSeadragon viewer as the map needs it: canvas drawer, no controls of its own, gestures for mouse, finger and pen. */
import OpenSeadragon from "openseadragon";

/** @param still no motion: the person asks for less of it. */
export function openViewer(stage: HTMLElement, still: boolean): OpenSeadragon.Viewer {
  const viewer = OpenSeadragon({
    element: stage,
    drawer: "canvas",
    showNavigationControl: false,
    autoResize: false,
    tabIndex: -1,
    visibilityRatio: 0.2,
    constrainDuringPan: false,
    minZoomImageRatio: 0.5,
    maxZoomPixelRatio: 1000,
    animationTime: still ? 0 : 0.45,
    springStiffness: 9,
    zoomPerScroll: 1.3,
    blendTime: 0,
    imageLoaderLimit: 8,
    maxImageCacheCount: 300,
    placeholderFillStyle: "transparent",
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true, scrollToZoom: true, flickEnabled: false },
    gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: true, pinchToZoom: true, flickEnabled: true, flickMinSpeed: 160, flickMomentum: 0.2 },
    gestureSettingsPen: { clickToZoom: false, dblClickToZoom: true },
  } as OpenSeadragon.Options);
  // The page has keys of its own.
  viewer.addHandler("canvas-key", (event) => (event.preventDefaultAction = true));
  return viewer;
}

/** A picture without tiles that is always there: it holds the square in place where no icons exist. */
export function holdSquare(viewer: OpenSeadragon.Viewer, ready: () => void): void {
  viewer.addTiledImage({
    tileSource: { width: 1024, height: 1024, tileSize: 1024, getTileUrl: () => "", tileExists: () => false } as never,
    x: 0,
    y: 0,
    width: 1,
    success: ready,
  });
}
