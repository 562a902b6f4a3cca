"""The HTTP server: settings, errors, caching, one router a resource, the page. Reads bundles; never imports torch."""
