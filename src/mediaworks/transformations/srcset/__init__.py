"""One picture in many widths and formats, for pages that let the browser choose."""
